package io.chronoscope.analysis.window;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Sampling;
import io.chronoscope.sampling.FramePairs;
import io.chronoscope.sampling.FrameTimes;
import io.chronoscope.vlm.EncodedPair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Index of the windows that were encoded recently, which says for each window which pairs of the
/// [EmbeddingCache] it consists of. Guarded by the cache's lock.
final class RecentWindows {

  private static final int MAX_STARTS = 10_000;
  private static final int INITIAL_CAPACITY = 64;
  private static final float LOAD_FACTOR = 0.75f;

  /// Identifies a pair of frames at one size. The chunks belong to it, because a stream that is
  /// sent again has the same times.
  record PairKey(
      String stream,
      long firstMicros,
      ChunkOrigin first,
      long secondMicros,
      ChunkOrigin second,
      FrameSize size) {

    static PairKey of(String stream, FramePairs.Pair pair, FrameSize size) {
      return new PairKey(
          stream,
          pair.first().gridMicros(),
          pair.first().origin(),
          pair.second().gridMicros(),
          pair.second().origin(),
          size);
    }

    private static List<PairKey> of(EncodedWindow window) {
      List<Long> micros = window.times().micros();
      List<PairKey> keys = new ArrayList<>();
      for (int i = 0; i < micros.size(); i += 2) {
        int second = Math.min(i + 1, micros.size() - 1);
        keys.add(
            new PairKey(
                window.stream(),
                micros.get(i),
                window.origins().get(i),
                micros.get(second),
                window.origins().get(second),
                window.size()));
      }
      return keys;
    }
  }

  /// A stream and the time at which it started, in epoch microseconds.
  private record Start(String stream, long micros) {}

  private record WindowKey(Start start, long window) {}

  /// An [EncodedWindow] with the keys of its pairs instead of their embeddings.
  private record Entry(
      SeenSpan span,
      Sampling sampling,
      FrameTimes times,
      OptionalDouble positionsPerSecond,
      List<ChunkOrigin> origins,
      List<FrameSize> originalSizes,
      List<PairKey> pairs) {}

  private final Map<PairKey, EmbeddingCache.Cached> pairs;
  private final Map<WindowKey, Entry> windows = leastRecentFirst();
  private final Set<Start> starts = Collections.newSetFromMap(leastRecentFirst());

  /// @param pairs the cache's pairs; shared, not copied
  RecentWindows(Map<PairKey, EmbeddingCache.Cached> pairs) {
    this.pairs = pairs;
  }

  /// A map that iterates from the least to the most recently accessed entry.
  static <K, V> Map<K, V> leastRecentFirst() {
    return new LinkedHashMap<>(INITIAL_CAPACITY, LOAD_FACTOR, true);
  }

  int size() {
    return windows.size();
  }

  void add(EncodedWindow window) {
    Start start = new Start(window.stream(), window.startMicros());
    windows.put(
        new WindowKey(start, window.span().window()),
        new Entry(
            window.span(),
            window.sampling(),
            window.times(),
            window.positionsPerSecond(),
            window.origins(),
            window.originalSizes(),
            PairKey.of(window)));
    starts.add(start);
    if (starts.size() > MAX_STARTS) {
      starts.remove(starts.iterator().next());
    }
  }

  /// Removes windows that have lost pairs, from the least recent to the first that is complete:
  /// windows lose their pairs in about the order in which they were encoded.
  void evictIncomplete() {
    Iterator<Entry> oldest = windows.values().iterator();
    while (oldest.hasNext() && !pairs.keySet().containsAll(oldest.next().pairs)) {
      oldest.remove();
    }
  }

  Optional<EncodedWindow> find(String stream, long startMicros, long window) {
    WindowKey key = new WindowKey(new Start(stream, startMicros), window);
    Entry entry = windows.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    List<EncodedPair> encoded = new ArrayList<>();
    for (PairKey pair : entry.pairs) {
      EmbeddingCache.@Nullable Cached cached = pairs.get(pair);
      if (cached == null) {
        windows.remove(key);
        return Optional.empty();
      }
      encoded.add(cached.pair());
    }
    return Optional.of(
        new EncodedWindow(
            stream,
            startMicros,
            entry.span,
            entry.sampling,
            entry.times,
            entry.positionsPerSecond,
            entry.origins,
            entry.originalSizes,
            encoded));
  }

  List<EncodedWindow> find(String stream, long startMicros, long fromMicros, long toMicros) {
    Start start = new Start(stream, startMicros);
    List<Long> numbers =
        windows.entrySet().stream()
            .filter(entry ->
                entry.getKey().start.equals(start)
                    && entry.getValue().sampling.loadLevel() == 0
                    && startMicros + entry.getValue().span.untilMicros() > fromMicros
                    && startMicros + entry.getValue().span.firstMicros() < toMicros)
            .map(entry -> entry.getKey().window)
            .sorted()
            .toList();
    return numbers.stream()
        .flatMap(window -> find(stream, startMicros, window).stream())
        .filter(EncodedWindow::isGapless)
        .toList();
  }

  OptionalLong startOf(String stream, long atMicros) {
    return starts.stream()
        .filter(start -> start.stream.equals(stream) && start.micros <= atMicros)
        .mapToLong(Start::micros)
        .max();
  }
}
