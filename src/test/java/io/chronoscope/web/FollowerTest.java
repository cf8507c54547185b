package io.chronoscope.web;

import static io.chronoscope.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.StreamPattern;
import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.testing.InMemoryIndex;
import io.chronoscope.testing.Samples;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.resteasy.reactive.server.jaxrs.SseImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FollowerTest {

  private static final StreamJson STREAMS =
      new StreamJson(Duration.ofSeconds(30), Duration.ofMinutes(1));

  private final InMemoryIndex index = new InMemoryIndex();

  @Test
  void aClientThatTakesNothingIsDisconnected() {
    Sink sink = new Sink(new CompletableFuture<>());

    new Follower(index, ResultFilter.ALL, STREAMS, sink, new SseImpl(), Duration.ofMillis(50))
        .run(Optional.empty());

    assertThat(sink.isClosed()).isTrue();
    assertThat(sink.sent).hasSize(1);
  }

  @Test
  void nothingIsReadAheadForASlowClient() throws Exception {
    CompletableFuture<Void> room = new CompletableFuture<>();
    Sink sink = new Sink(room);
    ResultFilter filter = ResultFilter.ALL.withStream(new StreamPattern("cam*"));
    Optional<ChangePosition> beforeAll = Optional.of(index.latestChange());
    Thread thread =
        Thread.ofVirtual()
            .start(() ->
                new Follower(index, filter, STREAMS, sink, new SseImpl(), Duration.ofSeconds(30))
                    .run(beforeAll));
    for (int revision = 1; revision <= 1000; revision++) {
      index.publish(
          Samples.event("busy", revision, "cam"), Samples.event("else", revision, "dock"));
    }
    assertThat(sink.sent.size()).isLessThanOrEqualTo(1);

    room.complete(null);
    until("the first record", () -> !sink.records("busy").isEmpty());
    sink.close();
    index.publish(Samples.event("last", 1, "cam"));
    thread.join();

    assertThat(sink.records("busy")).hasSize(1);
    assertThat(sink.records("busy").getFirst()).contains("\"revision\":1000");
    assertThat(sink.records("else")).isEmpty();
  }

  /// Completes its sends when there is room.
  private static final class Sink implements SseEventSink {

    private final List<OutboundSseEvent> sent = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> room;
    private volatile boolean closed;

    Sink(CompletableFuture<Void> room) {
      this.room = room;
    }

    List<String> records(String id) {
      return sent.stream()
          .filter(event -> "record".equals(event.getName()))
          .map(event -> String.valueOf(event.getData()))
          .filter(data -> data.contains("\"id\":\"" + id + "\""))
          .toList();
    }

    @Override
    public boolean isClosed() {
      return closed;
    }

    @Override
    public CompletionStage<?> send(OutboundSseEvent event) {
      sent.add(event);
      return room;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
