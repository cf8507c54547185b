package io.chronoscope.search.follow;

import io.chronoscope.client.ConsumerSettings;
import io.chronoscope.search.IndexBatch;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.TopicChange;
import io.chronoscope.search.UpdatableIndex;
import io.chronoscope.wire.MalformedRecordException;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps an index up to date with the results topics. Reads committed records, without a consumer
/// group: the index itself holds the offsets.
///
/// Runs on one thread, `search-index`, which alone writes to the index. When the brokers or the
/// index cannot be reached, a write fails, or another process writes the index, it tries again
/// until it is closed, less often the longer it lasts; the index answers meanwhile. Records that
/// are no results are skipped and logged.
public final class IndexFollower implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(IndexFollower.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration COMMIT_EVERY = Duration.ofSeconds(5);
  private static final Duration EXPIRE_EVERY = Duration.ofMinutes(5);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
  private static final long CLUSTER_TIMEOUT_S = 30;
  private static final int MAX_POLL_RECORDS = 2_000;

  private final Map<String, Object> kafka;
  private final Map<String, Topic> topics = new HashMap<>();
  private final UpdatableIndex index;
  private final Optional<Duration> retention;
  private final InstantSource clock;
  private final Thread thread;
  private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private volatile boolean stopped;
  private volatile @Nullable String trouble;
  private long skipped;
  private long commitAt;
  private long expireAt;

  /// @param kafka client properties, at least `bootstrap.servers`
  /// @param index stays open; nothing else may write to it
  /// @param retention results that ended longer ago are removed; empty as long as the topics retain
  ///   them
  public IndexFollower(
      Map<String, Object> kafka,
      TopicNames names,
      UpdatableIndex index,
      Optional<Duration> retention,
      InstantSource clock) {
    this.kafka = new HashMap<>(kafka);
    this.kafka.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
    this.index = index;
    this.retention = retention;
    this.clock = clock;
    for (Topic topic : followed()) {
      topics.put(names.of(topic), topic);
    }
    this.thread = Thread.ofPlatform().name("search-index").daemon().unstarted(this::run);
  }

  /// The topics whose records are results.
  static List<Topic> followed() {
    List<Topic> followed = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      switch (topic.kind()) {
        case ANALYSIS, REPLY -> followed.add(topic);
        case INPUT, INTERNAL -> {}
      }
    }
    return followed;
  }

  /// Follows on a thread of its own until closed.
  public void start() {
    thread.start();
  }

  /// Reads up to the ends of the topics at the time of the call, on the caller's thread, and
  /// commits.
  ///
  /// @throws KafkaException when the brokers cannot be reached
  /// @throws IllegalArgumentException when a topic does not exist
  public void catchUp() {
    try (KafkaConsumer<byte[], byte[]> opened = open()) {
      Map<TopicPartition, Long> ends = opened.endOffsets(opened.assignment());
      while (ends.entrySet().stream()
          .anyMatch(end -> opened.position(end.getKey()) < end.getValue())) {
        apply(opened, opened.poll(POLL));
      }
    }
    index.commit();
  }

  private void run() {
    Duration pause = RETRY_AFTER;
    while (!stopped) {
      try {
        if (index.claim()) {
          follow();
        } else {
          // The process that writes it follows the topics.
          trouble = null;
          pause(RETRY_AFTER);
        }
        pause = RETRY_AFTER;
      } catch (WakeupException e) {
        // Closing.
      } catch (RuntimeException e) {
        if (trouble == null) {
          pause = RETRY_AFTER;
        }
        report(e);
        pause(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      } finally {
        consumer = null;
      }
    }
  }

  private void follow() {
    try (KafkaConsumer<byte[], byte[]> opened = open()) {
      consumer = opened;
      while (!stopped) {
        apply(opened, opened.poll(POLL));
        maintain(opened);
        trouble = null;
      }
    }
  }

  /// What brokers, topics and servers do to it is expected; anything else, such as a full disk, is
  /// somebody's to look at.
  private void report(RuntimeException e) {
    trouble = "trying again: " + e.getMessage();
    switch (e) {
      case KafkaException outside ->
          LOG.warn("the search index cannot follow the topics, trying again: {}", e.getMessage());
      case IllegalArgumentException outside ->
          LOG.warn("the search index cannot follow the topics, trying again: {}", e.getMessage());
      case IllegalStateException outside ->
          LOG.warn("the search index cannot be written, trying again: {}", e.getMessage());
      default -> LOG.error("the search index fails, trying again: {}", e.getMessage(), e);
    }
  }

  private void pause(Duration time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
    } catch (InterruptedException e) {
      stopped = true;
    }
  }

  /// Opens a consumer at the place where the index stands.
  private KafkaConsumer<byte[], byte[]> open() {
    index.readFrom(clusterId());
    KafkaConsumer<byte[], byte[]> opened = ConsumerSettings.openWithoutGroup(kafka);
    try {
      List<TopicPartition> partitions = partitions(opened);
      opened.assign(partitions);
      Map<TopicPartition, Long> first = opened.beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = opened.endOffsets(partitions);
      Map<SourcePartition, Long> durable = index.nextOffsets();
      boolean other =
          partitions.stream()
              .anyMatch(p -> durable.getOrDefault(source(p), 0L) > ends.getOrDefault(p, 0L));
      if (other) {
        LOG.warn("the topics end before the search index does: it is built anew");
        index.clear();
      }
      for (TopicPartition partition : partitions) {
        long begin = first.getOrDefault(partition, 0L);
        long at = other ? begin : durable.getOrDefault(source(partition), begin);
        opened.seek(partition, Math.max(begin, at));
      }
      index.topicsEndAt(sources(ends));
      // Positions of empty partitions count as read.
      apply(opened, ConsumerRecords.empty());
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /// A topic of another cluster may have the same name and other records at the same offsets.
  private String clusterId() {
    try (Admin admin = Admin.create(kafka)) {
      return admin.describeCluster().clusterId().get(CLUSTER_TIMEOUT_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("no broker responds: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }

  private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> opened) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics.keySet()) {
      List<PartitionInfo> known = opened.partitionsFor(topic);
      if (known == null || known.isEmpty()) {
        throw new IllegalArgumentException("topic " + topic + " does not exist");
      }
      known.forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
    }
    return partitions;
  }

  private void apply(
      KafkaConsumer<byte[], byte[]> opened, ConsumerRecords<byte[], byte[]> records) {
    List<TopicChange> changes = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Topic topic = topics.get(record.topic());
      if (topic != null) {
        try {
          RecordChange.of(topic, record).ifPresent(changes::add);
        } catch (MalformedRecordException e) {
          skipped++;
          LOG.warn(
              "the search index skips {}/{}@{}, which is no result: {}",
              record.topic(),
              record.partition(),
              record.offset(),
              e.getMessage());
        }
      }
    }
    Map<SourcePartition, Long> next = new HashMap<>();
    // The position is behind the markers of transactions, which no record tells of.
    opened.assignment().forEach(p -> next.put(source(p), opened.position(p)));
    if (!changes.isEmpty() || !next.equals(index.nextOffsets())) {
      index.apply(new IndexBatch(changes, next));
    }
  }

  private void maintain(KafkaConsumer<byte[], byte[]> opened) {
    long now = System.nanoTime();
    if (now - commitAt >= 0) {
      index.topicsEndAt(sources(opened.endOffsets(opened.assignment())));
      index.commit();
      commitAt = System.nanoTime() + COMMIT_EVERY.toNanos();
    }
    if (now - expireAt >= 0) {
      Instant time = clock.instant();
      retention.ifPresent(kept -> index.removeBefore(time.minus(kept)));
      opened
          .beginningOffsets(opened.assignment())
          .forEach((partition, first) -> index.removeBelow(source(partition), first));
      expireAt = System.nanoTime() + EXPIRE_EVERY.toNanos();
    }
  }

  /// Why the index does not follow the topics at present; empty while it does.
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /// Records that were no results.
  public long skipped() {
    return skipped;
  }

  private static SourcePartition source(TopicPartition partition) {
    return new SourcePartition(partition.topic(), partition.partition());
  }

  private static Map<SourcePartition, Long> sources(Map<TopicPartition, Long> offsets) {
    Map<SourcePartition, Long> sources = new HashMap<>();
    offsets.forEach((partition, offset) -> sources.put(source(partition), offset));
    return sources;
  }

  /// Stops reading. What was applied stays in the index, to be committed when it is closed.
  @Override
  public void close() {
    stopped = true;
    KafkaConsumer<byte[], byte[]> current = consumer;
    if (current != null) {
      current.wakeup();
    }
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    try {
      thread.join(CLOSE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
