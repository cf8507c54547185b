package io.chronoscope.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.search.StreamFacts;
import io.chronoscope.search.StreamFacts.Condition;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.Rfc3339;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/// Streams as JSON.
@Singleton
class StreamJson {

  private static final Duration LAG_WITHOUT_TARGET = Duration.ofMinutes(1);

  private final Duration idleAfter;
  private final Duration lagTarget;

  @Inject
  StreamJson(ChronoscopeConfig settings) {
    this(settings.idleTimeout(), settings.shedding().targetLag().orElse(LAG_WITHOUT_TARGET));
  }

  StreamJson(Duration idleAfter, Duration lagTarget) {
    this.idleAfter = idleAfter;
    this.lagTarget = lagTarget;
  }

  ObjectNode write(StreamFacts stream) {
    ObjectNode json =
        Json.newObject()
            .put("id", stream.id())
            .put("state", state(stream))
            .put("start", Rfc3339.format(stream.firstStart()))
            .put("end", Rfc3339.format(stream.lastEnd()))
            .put("updatedAt", Rfc3339.format(stream.lastPublished()))
            .put("lagMs", stream.lag().toMillis())
            .put("loadLevel", stream.loadLevel())
            .put("events", stream.events())
            .put("openEvents", stream.openEvents())
            .put("alerts", stream.alerts())
            .put("gaps", stream.gaps())
            .put("refused", stream.deadLetters());
    stream.end().ifPresent(end -> json.put("notSeenMs", end.notSeenMs()));
    ArrayNode conditions = json.putArray("conditions");
    conditions(stream).forEach(one -> conditions.add(Json.nameOf(one)));
    return json;
  }

  /// The one word for a list: what needs attention most.
  String state(StreamFacts stream) {
    Set<Condition> conditions = conditions(stream);
    for (Condition condition :
        new Condition[] {
          Condition.ENDED, Condition.IDLE, Condition.DEGRADED, Condition.LAGGING, Condition.LIVE
        }) {
      if (conditions.contains(condition)) {
        return Json.nameOf(condition);
      }
    }
    return Json.nameOf(Condition.LIVE);
  }

  private Set<Condition> conditions(StreamFacts stream) {
    return stream.conditions(Instant.now(), idleAfter, lagTarget);
  }
}
