package io.chronoscope.client;

import io.chronoscope.analysis.ChunkTimes;
import io.chronoscope.client.ResultReader.From;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.StreamInput.EndOfStream;
import io.chronoscope.wire.ChunkEnvelope;
import io.chronoscope.wire.ChunkEnvelope.NoStreamException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Which retained chunks show which time of which stream. Kafka finds records by their timestamps,
/// which for video that was sent faster than it plays say nothing about the time it shows; so the
/// chunks topic is read once, and followed from then on. Keeps times and positions only, of the
/// latest [#MAX_ENTRIES] chunks.
///
/// Reading starts with the first question, or when one is to be expected, so that a service whose
/// video nobody plays reads nothing twice. A time range is known as soon as the reading has passed
/// it, long before it has caught up. Thread-safe.
public final class ChunkIndex implements AutoCloseable {

  /// The most chunks that are remembered.
  static final int MAX_ENTRIES = 500_000;

  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration RETRY = Duration.ofSeconds(5);
  private static final Duration CATCH_UP = Duration.ofSeconds(2);
  private static final Duration RETENTION_CHECK = Duration.ofSeconds(5);

  private final Map<String, Object> kafka;
  private final String topic;
  private final ChunkEnvelope envelope;
  private final Map<String, Timeline> streams = new HashMap<>();
  private @Nullable Thread follower;
  private @Nullable TopicReader reader;
  private @Nullable String problem;
  private Map<TopicPartition, Long> beginnings = Map.of();
  private boolean caughtUp;

  /// When the last poll began that found nothing new.
  private long idlePollNanos = System.nanoTime();

  private boolean closed;
  private int entries;
  private boolean truncated;

  /// A chunk.
  ///
  /// @param start absolute, declared or inferred as the analysis does
  /// @param end exclusive; for a chunk without a declared duration the start of the next one, and
  ///   for the last of them its start
  public record Entry(ChunkOrigin origin, Instant start, Instant end, long sizeBytes) {}

  /// What is known about a time range.
  public sealed interface Lookup {

    /// @param entries in order of their times, at least one
    /// @param firstIndex number of the first entry among all that the stream had since this index
    ///   was opened
    /// @param ended whether the stream has announced its end
    record Found(List<Entry> entries, long firstIndex, boolean ended) implements Lookup {}

    /// The stream has retained chunks, but none of that time.
    ///
    /// @param first start of the first retained chunk
    /// @param last end of the last one
    /// @param beginningRetained whether the first one is the first that the stream ever had, as far
    ///   as the topic can tell
    record NotThere(Instant first, Instant last, boolean beginningRetained) implements Lookup {}

    /// No chunk of the stream is retained.
    record NoChunks(boolean beginningRetained) implements Lookup {}

    /// @param problem why the topic cannot be read; empty while it is being read
    record Reading(Optional<String> problem) implements Lookup {}
  }

  /// The chunks of a stream in order of their starts.
  private static final class Timeline {
    final List<Entry> entries = new ArrayList<>();
    boolean ended;
    long removed;
    Optional<Instant> lastStart = Optional.empty();
    Optional<Instant> lastEnd = Optional.empty();
  }

  /// @param kafka client properties, at least `bootstrap.servers`
  public ChunkIndex(Map<String, Object> kafka, String topic, ChunkEnvelope envelope) {
    this.kafka = RetainedChunks.withFetchLimits(kafka);
    this.topic = topic;
    this.envelope = envelope;
  }

  /// The chunks that show a part of a time range.
  ///
  /// @param patience how long to wait for an index that is still being read
  /// @throws InterruptedException when the thread is interrupted while it waits
  public synchronized Lookup find(String stream, Instant from, Instant to, Duration patience)
      throws InterruptedException {
    start();
    long deadline = System.nanoTime() + patience.toNanos();
    while (!caughtUp && !closed) {
      if (isPassed(stream, to) && lookUp(stream, from, to) instanceof Lookup.Found found) {
        return found;
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return new Lookup.Reading(Optional.ofNullable(problem));
      }
      wait(left);
    }
    Lookup found = lookUp(stream, from, to);
    // A chunk that was acknowledged before the question may just not have been read yet.
    long asked = System.nanoTime();
    long missDeadline = asked + CATCH_UP.toNanos();
    while (!(found instanceof Lookup.Found) && !closed && idlePollNanos - asked < 0) {
      long left = (missDeadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
      found = lookUp(stream, from, to);
    }
    return found;
  }

  /// Starts to read, because a question is to be expected.
  public synchronized void prepare() {
    start();
  }

  /// Whether the reading has passed a time of a stream: its chunks are read in their order.
  private boolean isPassed(String stream, Instant time) {
    Timeline timeline = streams.get(stream);
    return timeline != null
        && timeline.lastStart.filter(start -> !start.isBefore(time)).isPresent();
  }

  private Lookup lookUp(String stream, Instant from, Instant to) {
    Timeline timeline = streams.get(stream);
    if (timeline == null) {
      return new Lookup.NoChunks(!truncated && beginningRetained());
    }
    List<Entry> all = retained(timeline);
    if (all.isEmpty()) {
      return new Lookup.NoChunks(false);
    }
    List<Entry> found = new ArrayList<>();
    int firstIndex = 0;
    for (int i = 0; i < all.size(); i++) {
      Entry entry = all.get(i);
      Instant end =
          entry.end().isAfter(entry.start()) || i + 1 == all.size()
              ? entry.end()
              : all.get(i + 1).start();
      if (entry.start().isBefore(to) && (end.isAfter(from) || entry.start().equals(from))) {
        firstIndex = found.isEmpty() ? i : firstIndex;
        found.add(new Entry(entry.origin(), entry.start(), end, entry.sizeBytes()));
      }
    }
    return found.isEmpty()
        ? new Lookup.NotThere(
            all.getFirst().start(), all.getLast().end(), !truncated && beginningRetained())
        : new Lookup.Found(found, timeline.removed + firstIndex, timeline.ended);
  }

  /// Forgets what retention has removed.
  private List<Entry> retained(Timeline timeline) {
    int before = timeline.entries.size();
    timeline.entries.removeIf(entry -> {
      ChunkOrigin origin = entry.origin();
      return origin.offset()
          < beginnings.getOrDefault(new TopicPartition(topic, origin.partition()), 0L);
    });
    int expired = before - timeline.entries.size();
    entries -= expired;
    timeline.removed += expired;
    return timeline.entries;
  }

  private boolean beginningRetained() {
    return beginnings.values().stream().allMatch(offset -> offset == 0);
  }

  private void start() {
    if (follower == null && !closed) {
      follower = Thread.ofPlatform().name("chunk-index").daemon().start(this::follow);
    }
  }

  private void follow() {
    while (!isClosed()) {
      try (TopicReader opened = new TopicReader(kafka, List.of(topic), From.BEGINNING)) {
        begin(opened);
        long checked = System.nanoTime();
        while (!isClosed()) {
          long started = System.nanoTime();
          List<ConsumerRecord<byte[], byte[]>> records = opened.poll(POLL);
          add(records, opened.caughtUp(), started);
          if (System.nanoTime() - checked > RETENTION_CHECK.toNanos()) {
            retentionChecked(opened.beginnings());
            checked = System.nanoTime();
          }
        }
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void retentionChecked(Map<TopicPartition, Long> now) {
    beginnings = now;
  }

  private void begin(TopicReader opened) {
    Map<TopicPartition, Long> now = opened.beginnings();
    synchronized (this) {
      reset(opened, now);
    }
  }

  private void reset(TopicReader opened, Map<TopicPartition, Long> now) {
    reader = opened;
    beginnings = now;
    streams.clear();
    entries = 0;
    caughtUp = false;
  }

  synchronized void add(
      List<ConsumerRecord<byte[], byte[]>> records, boolean atEnd, long pollStartedNanos) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      try {
        add(envelope.read(record));
      } catch (NoStreamException e) {
        // No stream has it.
      }
    }
    problem = null;
    caughtUp |= atEnd;
    if (records.isEmpty()) {
      idlePollNanos = pollStartedNanos;
    }
    notifyAll();
  }

  private void add(StreamInput input) {
    switch (input) {
      case EndOfStream end ->
          streams.computeIfAbsent(end.stream(), id -> new Timeline()).ended = true;
      case StreamInput.Unreadable unreadable -> {}
      case Chunk chunk -> {
        Timeline timeline = streams.computeIfAbsent(chunk.stream(), id -> new Timeline());
        Instant start = ChunkTimes.startOf(chunk, timeline.lastEnd);
        Instant end = start.plus(chunk.declaredDuration().orElse(Duration.ZERO));
        timeline.lastStart = Optional.of(start);
        timeline.lastEnd = Optional.of(end);
        timeline.ended = false;
        insert(timeline.entries, new Entry(chunk.origin(), start, end, chunk.sizeBytes()));
        entries++;
        if (entries > MAX_ENTRIES) {
          timeline.entries.removeFirst();
          timeline.removed++;
          entries--;
          truncated = true;
        }
      }
    }
  }

  /// Nearly always at the end.
  private static void insert(List<Entry> entries, Entry entry) {
    int at = entries.size();
    while (at > 0 && entries.get(at - 1).start().isAfter(entry.start())) {
      at--;
    }
    entries.add(at, entry);
  }

  private void failed(RuntimeException e) {
    synchronized (this) {
      problem = String.valueOf(e.getMessage());
      caughtUp = false;
      notifyAll();
      try {
        if (!closed) {
          wait(RETRY.toMillis());
        }
      } catch (InterruptedException interrupted) {
        closed = true;
      }
    }
  }

  @Override
  public void close() {
    Thread thread;
    synchronized (this) {
      closed = true;
      notifyAll();
      thread = follower;
      if (reader != null) {
        reader.stop();
      }
    }
    if (thread != null) {
      try {
        thread.join(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
