package io.chronoscope.web;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.ResultIndex;
import io.chronoscope.search.StreamFacts;
import io.chronoscope.wire.Json;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/// One client that follows changes, on a thread of its own: waits for changes, writes a batch,
/// waits until the client has taken it.
final class Follower {

  private static final Logger LOG = Logger.getLogger(Follower.class);
  private static final int BATCH = 200;
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /// A client that takes nothing for this long is disconnected.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ResultIndex index;
  private final ResultFilter filter;
  private final StreamJson streamJson;
  private final SseEventSink sink;
  private final Sse sse;
  private final Duration patience;

  /// The state of each stream as the client knows it; some change with time alone.
  private final Map<String, String> states = new HashMap<>();

  Follower(
      ResultIndex index, ResultFilter filter, StreamJson streamJson, SseEventSink sink, Sse sse) {
    this(index, filter, streamJson, sink, sse, PATIENCE);
  }

  Follower(
      ResultIndex index,
      ResultFilter filter,
      StreamJson streamJson,
      SseEventSink sink,
      Sse sse,
      Duration patience) {
    this.patience = patience;
    this.index = index;
    this.filter = filter;
    this.streamJson = streamJson;
    this.sink = sink;
    this.sse = sse;
  }

  /// @param after the last event that the client has; empty for a new client
  void run(Optional<ChangePosition> after) {
    try (sink) {
      ChangePosition position = after.orElseGet(index::latestChange);
      index.streams().stream()
          .filter(stream -> filter.matchesStream(stream.id()))
          .forEach(stream -> states.put(stream.id(), streamJson.state(stream)));
      send(List.of(event("ready", Json.newObject()).id(position.token()).build()));
      while (!sink.isClosed()) {
        Changes changes = index.changes(position, BATCH, HEARTBEAT);
        position = changes.next();
        send(
            switch (changes) {
              case Changes.Restarted(ChangePosition next) ->
                  List.of(event("reset", Json.newObject()).id(next.token()).build());
              case Changes.Continued(List<Change> list, ChangePosition next) -> events(list);
            });
      }
    } catch (TimeoutException e) {
      LOG.infof("a client that follows changes took nothing for %s; disconnected", patience);
    } catch (ExecutionException | IllegalStateException e) {
      // The client has gone, or the index is closing.
      LOG.debugf(e, "a client that follows changes is gone");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<OutboundSseEvent> events(List<Change> changes) {
    List<OutboundSseEvent> events = new ArrayList<>();
    Set<String> changed = new LinkedHashSet<>();
    for (Change change : changes) {
      if (!filter.matchesStream(change.stream())) {
        continue;
      }
      changed.add(change.stream());
      JsonNode json =
          switch (change) {
            case Change.Upserted upserted -> Index.json(upserted.result());
            case Change.Removed removed ->
                Json.newObject()
                    .put("type", removed.type().cloudEventsType())
                    .put("stream", removed.stream())
                    .put("id", removed.id());
          };
      String name = change instanceof Change.Upserted ? "record" : "removed";
      events.add(event(name, json).id(change.position().token()).build());
    }
    for (StreamFacts stream : index.streams()) {
      if (filter.matchesStream(stream.id())) {
        String state = streamJson.state(stream);
        if (!state.equals(states.put(stream.id(), state)) || changed.contains(stream.id())) {
          events.add(event("stream", streamJson.write(stream)).build());
        }
      }
    }
    if (events.isEmpty()) {
      events.add(sse.newEventBuilder().comment("alive").build());
    }
    return events;
  }

  private OutboundSseEvent.Builder event(String name, JsonNode data) {
    return sse.newEventBuilder()
        .name(name)
        .data(String.class, new String(Json.bytes(data), StandardCharsets.UTF_8));
  }

  private void send(List<OutboundSseEvent> events)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<?>[] written =
        events.stream()
            .map(event -> sink.send(event).toCompletableFuture())
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(written).get(patience.toMillis(), TimeUnit.MILLISECONDS);
  }
}
