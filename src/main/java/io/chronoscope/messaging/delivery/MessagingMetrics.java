package io.chronoscope.messaging.delivery;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.DeadLetter;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.ResultType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;

/// What the Kafka edge counts.
public final class MessagingMetrics {

  /// A broker that was away, an instance that was taken for dead.
  private static final List<Class<?>> USUAL_ABORTS =
      List.of(
          TimeoutException.class,
          ProducerFencedException.class,
          InvalidProducerEpochException.class);

  private final MeterRegistry registry;
  private final Counter received;
  private final Counter receivedBytes;
  private final Counter skipped;
  private final Counter assigned;
  private final Counter revoked;
  private final Counter rebalances;
  private final Counter fenced;
  private final Timer commit;
  private final Timer transaction;
  private final AtomicLong lag = new AtomicLong();

  public MessagingMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.received =
        Counter.builder("chronoscope.chunks.received")
            .description("Records read from the chunks' topic")
            .register(registry);
    this.receivedBytes =
        Counter.builder("chronoscope.chunks.received.bytes")
            .baseUnit("bytes")
            .description("Bytes of the records read from the chunks' topic")
            .register(registry);
    this.skipped =
        Counter.builder("chronoscope.chunks.skipped")
            .description("Records read again after a restart that were already done with")
            .register(registry);
    this.assigned = moved("assigned");
    this.revoked = moved("revoked");
    this.rebalances =
        Counter.builder("chronoscope.rebalances")
            .description("Rebalances of the consumer group that this instance took part in")
            .register(registry);
    this.fenced =
        Counter.builder("chronoscope.partitions.fenced")
            .description("Partitions for which another instance turned out to write")
            .register(registry);
    this.commit =
        Timer.builder("chronoscope.step.commit")
            .description("From a step's handing over until it is durable")
            .publishPercentileHistogram()
            .register(registry);
    this.transaction =
        Timer.builder("chronoscope.transactions.duration")
            .description("Committed transactions: from their beginning, aborted attempts included")
            .publishPercentileHistogram()
            .register(registry);
    // There from the start at zero: of a counter that appears with its first count, the rate of
    // change does not show that one.
    for (ResultType type : ResultType.values()) {
      published(type);
    }
    for (Reason reason : Reason.values()) {
      rejected(reason);
    }
    USUAL_ABORTS.forEach(this::aborted);
    Gauge.builder("chronoscope.chunks.lag", lag, AtomicLong::get)
        .description("Records on the assigned partitions that are not done with")
        .register(registry);
  }

  private Counter moved(String change) {
    return Counter.builder("chronoscope.partitions.moved")
        .description("Partitions assigned to and taken from this instance")
        .tag("change", change)
        .register(registry);
  }

  public void watch(ChunkOffsets offsets) {
    Gauge.builder("chronoscope.chunks.outstanding", offsets, ChunkOffsets::outstanding)
        .description("Records read that a stream still needs")
        .register(registry);
  }

  public void received(int sizeBytes) {
    received.increment();
    receivedBytes.increment(sizeBytes);
  }

  public void skipped() {
    skipped.increment();
  }

  public void assigned(int partitions) {
    assigned.increment(partitions);
  }

  public void revoked(int partitions) {
    revoked.increment(partitions);
  }

  /// Called once a rebalance, also when nothing moved.
  public void rebalanced() {
    rebalances.increment();
  }

  void fenced() {
    fenced.increment();
  }

  void transactionCommitted(Duration latency) {
    transaction.record(latency);
  }

  void transactionAborted(Throwable reason) {
    aborted(reason.getClass()).increment();
  }

  private Counter aborted(Class<?> reason) {
    return Counter.builder("chronoscope.transactions.aborted")
        .description("Transactions that were aborted, by reason; most are tried again")
        .tag("reason", reason.getSimpleName())
        .register(registry);
  }

  public void lag(long records) {
    lag.set(records);
  }

  void committed(Duration latency) {
    commit.record(latency);
  }

  public void published(Result result) {
    published(ResultType.of(result)).increment();
    if (result instanceof DeadLetter letter) {
      rejected(letter.rejection().reason()).increment();
    }
  }

  private Counter published(ResultType type) {
    return Counter.builder("chronoscope.results.published")
        .description("Records published, by type")
        .tag("type", type.cloudEventsType())
        .register(registry);
  }

  private Counter rejected(Reason reason) {
    return Counter.builder("chronoscope.chunks.rejected")
        .description("Chunks that could not be read, by reason")
        .tag("reason", Json.nameOf(reason))
        .register(registry);
  }
}
