package io.chronoscope.web;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The questions that were asked here lately, so that one without an answer yet is known.
@ApplicationScoped
class AskedQuestions {

  private static final int MAX = 10_000;

  private final Map<String, String> streams =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MAX;
        }
      };

  synchronized void add(String id, String stream) {
    streams.put(id, stream);
  }

  synchronized Optional<String> streamOf(String id) {
    return Optional.ofNullable(streams.get(id));
  }
}
