package io.chronoscope.messaging.delivery;

import io.chronoscope.analysis.StreamCommit;
import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.analysis.StreamPosition.DecodedChunk;
import io.chronoscope.analysis.StreamPosition.NeededRecord;
import io.chronoscope.analysis.StreamPosition.PublishedGap;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.StreamState.Counts;
import io.chronoscope.analysis.StreamState.OpenAlert;
import io.chronoscope.analysis.StreamState.OpenEvent;
import io.chronoscope.analysis.StreamState.OpenEvent.Seen;
import io.chronoscope.analysis.StreamState.PublishedSummary;
import io.chronoscope.analysis.StreamState.Summaries;
import io.chronoscope.analysis.StreamState.WatchedRule;
import io.chronoscope.analysis.WindowAnchor;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Provenance;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.Result.VideoEvent;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.domain.TimeSpan;
import io.chronoscope.rule.Rule;
import io.chronoscope.sampling.FrameSampler.Position;
import io.chronoscope.wire.RecordedRecord;
import io.chronoscope.wire.RecordedSamples;
import io.chronoscope.wire.ResultEnvelope;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// What is written on the topic of states of everything that there can be in a state, as
/// `RecordedSamples` for the other topics.
public final class RecordedStates {

  private static final String ODD = RecordedSamples.ODD;
  private static final Instant TIME = RecordedSamples.TIMES.getFirst();
  private static final Sampling SAMPLING = new Sampling(20, 2, "target", 1280, 448, 252, 731, 1);
  private static final Position POSITION = new Position(3, 1_500_000);

  private static final WriteUnitRecords RECORDS =
      new WriteUnitRecords(
          new ResultEnvelope(TopicNames.DEFAULT, URI.create("/chronoscope")),
          TopicNames.DEFAULT,
          new ChunkOffsets());

  private RecordedStates() {}

  public static List<RecordedRecord> samples() {
    List<ProducerRecord<String, byte[]>> all = new ArrayList<>();
    for (StreamPosition.Phase phase : StreamPosition.Phase.values()) {
      all.add(written(state("cam-7", timing(phase, true), true)));
      all.add(written(state("cam-8", timing(phase, false), false)));
    }
    for (Instant time : RecordedSamples.TIMES) {
      all.add(written(at(time)));
    }
    all.add(written(state(ODD, timing(StreamPosition.Phase.RUNNING, true), true)));
    all.add(written(extreme()));
    all.add(written(ofSamplings()));
    all.add(mark(new StateRecord("cam-7", origin(4), Optional.empty())));
    all.add(mark(new StateRecord(ODD, origin(Long.MAX_VALUE), Optional.empty())));
    all.add(gone(3, "cam-7"));
    all.add(gone(0, ODD));
    return all.stream().map(record -> RecordedRecord.ofSample(record, false)).toList();
  }

  /// A mark as the service writes it.
  static ProducerRecord<String, byte[]> mark(StateRecord mark) {
    return RECORDS
        .state(
            new WriteUnit.OfCommit(
                new StreamCommit(mark.stream(), List.of(), mark.state(), mark.resumeFrom())))
        .orElseThrow();
  }

  /// The end of a mark.
  static ProducerRecord<String, byte[]> gone(int partition, String stream) {
    return RECORDS.tombstone(new TopicPartition("video.chunks", partition), stream);
  }

  private static ProducerRecord<String, byte[]> written(StreamState state) {
    return mark(new StateRecord(state.stream(), origin(7), Optional.of(state)));
  }

  private static ChunkOrigin origin(long offset) {
    return new ChunkOrigin("video.chunks", 3, offset);
  }

  /// @param all whether everything that may be absent is there
  private static StreamState state(String stream, StreamPosition timing, boolean all) {
    OpenEvent event = open(stream, stream.equals(ODD) ? ODD : "a red circle", SAMPLING);
    Rule rule =
        new Rule(
            "tri",
            "a \"blue\" 三角 \uD83D\uDE00",
            StreamPattern.ANY,
            0.7,
            Duration.ofMillis(1500),
            3);
    return new StreamState(
        StreamState.VERSION,
        stream,
        TIME,
        3,
        all ? List.of(event, event) : List.of(),
        all
            ? new Summaries(
                5_000_000,
                List.of(told(0, SAMPLING), told(-3, SAMPLING)),
                List.of(told(1, SAMPLING)),
                List.of(told(2, SAMPLING)),
                Optional.of(told(0, SAMPLING)),
                Optional.of(told(0, SAMPLING)))
            : Summaries.NONE,
        all ? new Counts(3, 17) : Counts.NONE,
        all
            ? List.of(
                new WatchedRule(rule, Optional.empty(), OptionalLong.empty()),
                new WatchedRule(rule, Optional.empty(), OptionalLong.of(0)),
                new WatchedRule(
                    rule,
                    Optional.of(new OpenAlert(event, 0.93, Optional.empty())),
                    OptionalLong.empty()),
                new WatchedRule(
                    rule,
                    Optional.of(new OpenAlert(event, 0.1 + 0.2, Optional.of("evt-1"))),
                    OptionalLong.of(Long.MAX_VALUE)))
            : List.of(),
        timing);
  }

  private static OpenEvent open(String stream, String description, Sampling sampling) {
    return new OpenEvent(
        new VideoEvent(
            "evt-1",
            2,
            Status.UPDATE,
            stream,
            new TimeSpan(TIME, TIME.plusMillis(2500), 1000, 3500),
            250,
            description,
            new Provenance(new ModelRef("demo", "0e036b33f195"), sampling),
            List.of(origin(7), origin(9))),
        new Seen(1, 8_000_000),
        new Seen(2, 12_000_000),
        2_500_000);
  }

  private static PublishedSummary told(long number, Sampling sampling) {
    return new PublishedSummary(
        number,
        2,
        4_000_000,
        4_000_001,
        8_000_000,
        "a \"red\" circle 红 \uD83D\uDE00 \u2028",
        sampling,
        "0a1b",
        number == 1 ? List.of(1L, -3L) : List.of());
  }

  private static StreamPosition timing(StreamPosition.Phase phase, boolean all) {
    List<NeededRecord> needed = new ArrayList<>();
    List<PublishedGap> missed = new ArrayList<>();
    if (all) {
      needed.add(
          new NeededRecord(
              7, 3, TIME, Optional.of(new DecodedChunk(TIME.plusSeconds(4), POSITION, 0))));
      needed.add(new NeededRecord(9, -1, TIME.plusSeconds(8), Optional.empty()));
      for (Cause cause : Cause.values()) {
        missed.add(
            new PublishedGap(TIME, TIME.plusMillis(4004), cause, "chunk \"3\" did not come", 1));
      }
    }
    return new StreamPosition(
        all,
        phase,
        8,
        all ? Optional.of(TIME.plusSeconds(4)) : Optional.empty(),
        all,
        all ? Optional.of(TIME.plusSeconds(8)) : Optional.empty(),
        all ? 5 : -1,
        6,
        new WindowAnchor(all ? 2 : 0, all ? 8_000_000 : 0),
        4_000_000,
        2_000_000,
        all ? POSITION : new Position(0, Long.MIN_VALUE / 2),
        needed,
        missed,
        all ? Optional.of(TIME) : Optional.empty(),
        all ? 4_004_000 : 0,
        all ? List.of(TIME, TIME.minusSeconds(3600)) : List.of());
  }

  /// With this as each of its times.
  private static StreamState at(Instant time) {
    StreamPosition timing = timing(StreamPosition.Phase.RUNNING, false);
    return new StreamState(
        StreamState.VERSION,
        "cam-9",
        time,
        0,
        List.of(),
        Summaries.NONE,
        Counts.NONE,
        List.of(),
        new StreamPosition(
            true,
            timing.phase(),
            0,
            Optional.of(time),
            false,
            Optional.of(time),
            0,
            1,
            timing.windowAnchor(),
            0,
            0,
            timing.sampler(),
            List.of(
                new NeededRecord(
                    0, 0, time, Optional.of(new DecodedChunk(time, timing.sampler(), 0)))),
            List.of(new PublishedGap(time, time, Cause.CLOCK, "", 1)),
            Optional.of(time),
            0,
            List.of(time)));
  }

  private static StreamState extreme() {
    StreamPosition timing = timing(StreamPosition.Phase.RESTARTING, true);
    return new StreamState(
        StreamState.VERSION,
        "s".repeat(512),
        TIME,
        Long.MAX_VALUE,
        List.of(),
        new Summaries(
            Long.MIN_VALUE, List.of(), List.of(), List.of(), Optional.empty(), Optional.empty()),
        new Counts(Long.MAX_VALUE, Long.MIN_VALUE),
        List.of(),
        new StreamPosition(
            true,
            timing.phase(),
            Long.MAX_VALUE,
            Optional.empty(),
            false,
            timing.latestStart(),
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            new WindowAnchor(Long.MAX_VALUE, Long.MAX_VALUE),
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            new Position(Long.MAX_VALUE, Long.MAX_VALUE),
            List.of(),
            List.of(),
            Optional.empty(),
            Long.MAX_VALUE,
            List.of()));
  }

  private static StreamState ofSamplings() {
    return new StreamState(
        StreamState.VERSION,
        "cam-7",
        TIME,
        3,
        RecordedSamples.samplings().stream().map(one -> open("cam-7", "x", one)).toList(),
        new Summaries(
            0,
            RecordedSamples.samplings().stream().map(one -> told(0, one)).toList(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty()),
        Counts.NONE,
        List.of(),
        timing(StreamPosition.Phase.RUNNING, false));
  }
}
