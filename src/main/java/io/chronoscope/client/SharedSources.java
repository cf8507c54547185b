package io.chronoscope.client;

import io.chronoscope.live.LiveSources;
import io.chronoscope.live.LiveSources.Plan;
import io.chronoscope.live.SourceEvent;
import io.chronoscope.live.SourceState;
import io.chronoscope.live.SourceStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.utils.Utils;

/// The live sources that instances of the service share. Each is read by the instance that has the
/// partition of its stream in a consumer group of their own: the group fetches nothing, it only
/// decides who reads what, notices who is gone, and gives the source to another one.
///
/// An instance that lost a source without noticing may read on for a while; none of its chunks gets
/// into Kafka ([OwnedChunkSink]). Thread-safe.
public final class SharedSources implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final List<Plan> plans;
  private final LiveSources.Settings settings;
  private final Consumer<byte[], byte[]> members;
  private final String topic;
  private final BiFunction<String, TopicPartition, OwnedChunkSink> sinks;
  private final LiveSources.Media media;
  private final InstantSource clock;
  private final java.util.function.Consumer<SourceEvent> listener;
  private final Map<String, Reading> reading = new ConcurrentHashMap<>();
  private final Map<String, SourceState.Waiting> failed = new ConcurrentHashMap<>();
  private final Thread thread;
  private Set<Integer> assigned = Set.of();
  private volatile boolean joined;
  private volatile boolean stopping;
  private int partitions;

  /// A source that this instance reads.
  private record Reading(LiveSources source, OwnedChunkSink sink) {}

  private SharedSources(
      List<Plan> plans,
      LiveSources.Settings settings,
      Consumer<byte[], byte[]> members,
      String topic,
      BiFunction<String, TopicPartition, OwnedChunkSink> sinks,
      LiveSources.Media media,
      InstantSource clock,
      java.util.function.Consumer<SourceEvent> listener) {
    this.plans = List.copyOf(plans);
    this.settings = settings;
    this.members = members;
    this.topic = topic;
    this.sinks = sinks;
    this.media = media;
    this.clock = clock;
    this.listener = listener;
    this.thread = Thread.ofPlatform().daemon().name("source owner").unstarted(this::run);
  }

  /// Starts to read what falls to this instance.
  ///
  /// @param members joins the group of the sources; owned by this from now on
  /// @param topic of chunks
  /// @param sinks makes the sink of a stream on a partition
  /// @param media closed with this
  /// @param listener is called on the threads of the sources
  public static SharedSources start(
      List<Plan> plans,
      LiveSources.Settings settings,
      Consumer<byte[], byte[]> members,
      String topic,
      BiFunction<String, TopicPartition, OwnedChunkSink> sinks,
      LiveSources.Media media,
      InstantSource clock,
      java.util.function.Consumer<SourceEvent> listener) {
    SharedSources sources =
        new SharedSources(plans, settings, members, topic, sinks, media, clock, listener);
    sources.thread.start();
    return sources;
  }

  private void run() {
    try (members) {
      members.subscribe(List.of(topic), new Assignment());
      while (!stopping) {
        try {
          var nothing = members.poll(POLL);
          readWhatIsAssigned();
        } catch (WakeupException e) {
          // Closing.
        } catch (InterruptException e) {
          break;
        } catch (KafkaException e) {
          plans.forEach(plan -> fail(plan, e));
          Thread.sleep(RETRY);
        }
      }
      stopReading(reading.keySet());
    } catch (InterruptedException e) {
      stopReading(reading.keySet());
    } finally {
      media.close();
    }
  }

  /// Runs on the thread of [#run], within a poll.
  private final class Assignment implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> added) {
      members.pause(members.assignment());
      partitions = members.partitionsFor(topic).size();
      change(added, Set.of());
      joined = true;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      change(Set.of(), revoked);
      stopReading(plans.stream().map(Plan::stream).filter(one -> !isAssigned(one)).toList());
    }

    private void change(Collection<TopicPartition> added, Collection<TopicPartition> removed) {
      Set<Integer> now = new HashSet<>(assigned);
      removed.forEach(one -> now.remove(one.partition()));
      added.forEach(one -> now.add(one.partition()));
      assigned = Set.copyOf(now);
    }
  }

  private boolean isAssigned(String stream) {
    return partitions > 0 && assigned.contains(partition(stream));
  }

  private int partition(String stream) {
    return Utils.toPositive(Utils.murmur2(stream.getBytes(StandardCharsets.UTF_8))) % partitions;
  }

  private void readWhatIsAssigned() {
    for (Plan plan : plans) {
      String stream = plan.stream();
      Reading current = reading.get(stream);
      if (current != null && current.sink().isSuperseded()) {
        stopReading(List.of(stream));
        current = null;
      }
      if (current == null && isAssigned(stream) && isDue(stream)) {
        open(plan);
      }
    }
  }

  private boolean isDue(String stream) {
    SourceState.Waiting waiting = failed.get(stream);
    return waiting == null || !clock.instant().isBefore(waiting.until());
  }

  private void open(Plan plan) {
    OwnedChunkSink sink =
        sinks.apply(plan.stream(), new TopicPartition(topic, partition(plan.stream())));
    try {
      LiveSources source =
          LiveSources.start(
              List.of(plan), settings, sink, InputStream.nullInputStream(), media, clock, listener);
      reading.put(plan.stream(), new Reading(source, sink));
      failed.remove(plan.stream());
    } catch (IOException e) {
      sink.close();
      fail(plan, e);
    }
  }

  private void fail(Plan plan, Exception e) {
    String reason = String.valueOf(e.getMessage());
    failed.put(plan.stream(), new SourceState.Waiting(reason, clock.instant().plus(RETRY)));
    listener.accept(new SourceEvent.Lost(plan.stream(), reason, RETRY));
  }

  /// Cuts and sends what was received, within seconds.
  private void stopReading(Collection<String> streams) {
    List<Reading> stopped = new ArrayList<>();
    for (String stream : List.copyOf(streams)) {
      Optional.ofNullable(reading.remove(stream)).ifPresent(stopped::add);
      failed.remove(stream);
    }
    try (var side = Executors.newVirtualThreadPerTaskExecutor()) {
      stopped.forEach(one ->
          side.execute(() -> {
            one.source().close();
            one.sink().close();
          }));
    }
  }

  /// Ids of the sources that this instance reads at present.
  public Set<String> read() {
    return Set.copyOf(reading.keySet());
  }

  /// One for each source, whether this instance reads it or another one.
  public List<SourceStatus> status() {
    return plans.stream().map(this::status).toList();
  }

  private SourceStatus status(Plan plan) {
    Reading here = reading.get(plan.stream());
    if (here != null) {
      return here.source().status().getFirst();
    }
    SourceState.Waiting waiting = failed.get(plan.stream());
    Instant now = clock.instant();
    SourceState state =
        waiting != null
            ? waiting
            : joined ? new SourceState.Elsewhere() : new SourceState.Connecting();
    return SourceStatus.idle(plan.stream(), plan.address().toString(), state, now);
  }

  /// Hands the sources over to other instances.
  @Override
  public void close() {
    stopping = true;
    members.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
