package io.chronoscope.messaging;

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
import java.util.function.IntSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;

/// Metrics of the Kafka edge.
public final class MessagingMetrics {

  /// Causes of aborts in normal operation: a broker that restarts, an instance that is fenced.
  private static final List<Class<?>> EXPECTED_ABORTS =
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

  /// The same under its former name, for one version.
  private final Timer formerCommit;

  private final Timer transaction;
  private final AtomicLong lag = new AtomicLong();
  private final ProducerMetrics producers;

  public MessagingMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.producers = new ProducerMetrics(registry);
    this.received =
        Counter.builder("chronoscope.chunks.received")
            .description("Records read from the chunks topic")
            .register(registry);
    this.receivedBytes =
        Counter.builder("chronoscope.chunks.received.bytes")
            .baseUnit("bytes")
            .description("Bytes of the records read from the chunks topic")
            .register(registry);
    this.skipped =
        Counter.builder("chronoscope.chunks.skipped")
            .description("Records read again after a restart that had been processed before")
            .register(registry);
    this.assigned = movements("assigned");
    this.revoked = movements("revoked");
    this.rebalances =
        Counter.builder("chronoscope.rebalances")
            .description("Rebalances of the consumer group in which this instance took part")
            .register(registry);
    this.fenced =
        Counter.builder("chronoscope.partitions.fenced")
            .description("Partitions on which this instance was fenced by another one")
            .register(registry);
    this.commit =
        commitTimer(
            "chronoscope.commit.latency", "From the hand-over of a commit until it is durable");
    this.formerCommit =
        commitTimer("chronoscope.step.commit", "Deprecated, now chronoscope.commit.latency");
    this.transaction =
        Timer.builder("chronoscope.transactions.duration")
            .description("Duration of committed transactions, aborted attempts included")
            .publishPercentileHistogram()
            .register(registry);
    // Registered at zero: the rate of a counter that first appears with its first count misses that
    // count.
    for (ResultType type : ResultType.values()) {
      published(type);
    }
    for (Reason reason : Reason.values()) {
      rejected(reason);
    }
    EXPECTED_ABORTS.forEach(this::aborted);
    Gauge.builder("chronoscope.chunks.lag", lag, AtomicLong::get)
        .description("Records on the assigned partitions that are still to be processed")
        .register(registry);
  }

  private Timer commitTimer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .publishPercentileHistogram()
        .register(registry);
  }

  private Counter movements(String change) {
    return Counter.builder("chronoscope.partitions.moved")
        .description("Partitions assigned to and revoked from this instance")
        .tag("change", change)
        .register(registry);
  }

  /// @param outstanding number of records that were read and are still needed
  public void watchOutstanding(IntSupplier outstanding) {
    Gauge.builder("chronoscope.chunks.outstanding", outstanding::getAsInt)
        .description("Records read that their streams still need")
        .register(registry);
  }

  /// A producer that writes results was opened.
  public void opened(Producer<?, ?> producer) {
    producers.opened(producer);
  }

  /// A producer that writes results is about to be closed.
  public void closing(Producer<?, ?> producer) {
    producers.closing(producer);
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

  /// To be called once per rebalance, even if no partition moved.
  public void rebalanced() {
    rebalances.increment();
  }

  public void fenced() {
    fenced.increment();
  }

  public void transactionCommitted(Duration latency) {
    transaction.record(latency);
  }

  public void transactionAborted(Throwable reason) {
    aborted(reason.getClass()).increment();
  }

  private Counter aborted(Class<?> reason) {
    return Counter.builder("chronoscope.transactions.aborted")
        .description("Aborted transactions, by reason; most are retried")
        .tag("reason", reason.getSimpleName())
        .register(registry);
  }

  public void lag(long records) {
    lag.set(records);
  }

  public void committed(Duration latency) {
    commit.record(latency);
    formerCommit.record(latency);
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
        .description("Rejected records, by reason")
        .tag("reason", Json.nameOf(reason))
        .register(registry);
  }
}
