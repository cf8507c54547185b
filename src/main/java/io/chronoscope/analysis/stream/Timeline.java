package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.AnalysisEvent.ChunkDecoded;
import io.chronoscope.analysis.AnalysisEvent.ChunkRejected;
import io.chronoscope.analysis.AnalysisEvent.ChunkShed;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ChunkTimes;
import io.chronoscope.analysis.StreamPosition;
import io.chronoscope.analysis.StreamPosition.NeededRecord;
import io.chronoscope.analysis.StreamState;
import io.chronoscope.analysis.stream.FrameBuffer.Decoded;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Gap;
import io.chronoscope.domain.Result.Gap.Cause;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.UnreadableMediaException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One continuous timeline of a stream, from its first decoded chunk until its clock is set back or
/// it ends: chunks become frames in a [FrameBuffer], a [WindowScheduler] has them analyzed, a
/// [StreamAggregator] turns the answers into results, [Gaps] holds what is missing. Results leave
/// through `commit`, after which the state includes them.
///
/// Owns the buffered frames. Used by one thread at a time. Times in microseconds count from the
/// stream's start, unless stated otherwise.
final class Timeline implements AutoCloseable {

  private final String stream;
  private final AnalysisSettings settings;
  private final StreamTools tools;
  private final AnalysisListener listener;
  private final StreamClock clock;
  private final Consumer<List<Result>> commit;
  private final StreamAggregator aggregator;
  private final FrameBuffer frames;
  private final Gaps gaps;
  private final WindowScheduler windows;

  /// @param from the state to resume from, once [#replay] has had all chunks whose frames are still
  ///   needed; or the initial state of a stream
  /// @param commit makes results durable, together with the state after them, before it returns
  Timeline(
      AnalysisSettings settings,
      StreamTools tools,
      StreamState from,
      Consumer<List<Result>> commit) {
    StreamPosition position = from.position();
    this.stream = from.stream();
    this.settings = settings;
    this.tools = tools;
    this.listener = tools.listener();
    this.clock = new StreamClock(from.start());
    this.commit = commit;
    this.aggregator = new StreamAggregator(from, settings, tools.model(), listener);
    this.frames =
        new FrameBuffer(
            new ChunkReader(tools.window(), settings, clock.startEpochMicros()),
            clock,
            position.sampler());
    this.gaps =
        new Gaps(
            stream,
            from.start(),
            position.gaps(),
            position.gapsForgottenBefore(),
            position.notSeenMicros());
    this.windows = new WindowScheduler(settings, tools, from, frames, gaps, aggregator, commit);
  }

  Instant start() {
    return clock.start();
  }

  StreamState state(StreamPosition position) {
    return aggregator.state(position);
  }

  TimelinePosition position() {
    return new TimelinePosition(
        windows.windows().anchor(),
        windows.progress().settledMicros(),
        windows.progress().partialMicros(),
        frames.samplerPosition(),
        frames.chunksEndingAfter(windows.nextStart()),
        gaps.remembered(),
        gaps.forgottenBefore(),
        gaps.notSeenMicros());
  }

  /// @throws UnreadableMediaException when the chunk cannot be decoded to its end
  Decoded decode(PlacedChunk placed) throws UnreadableMediaException {
    return frames.decode(placed, windows.progress().detailLevel());
  }

  /// Adds a decoded chunk. Where it has no frames, the stream has a gap, as if no chunk had
  /// arrived.
  ///
  /// @param end absolute time at which the chunk ends
  /// @param watermarkBefore absolute watermark without the chunk
  void append(PlacedChunk placed, Decoded decoded, Instant end, Instant watermarkBefore) {
    listener.on(new ChunkDecoded(stream, decoded.facts(), decoded.frames().size(), decoded.took()));
    frames.append(placed, decoded, end);
    List<Result> published = new ArrayList<>();
    for (MediaFacts.Gap gap : decoded.facts().gaps()) {
      Instant from = StreamClock.plusMicros(placed.start(), gap.fromMicros());
      Instant until = StreamClock.plusMicros(placed.start(), gap.untilMicros());
      Instant unseen = from.isBefore(watermarkBefore) ? watermarkBefore : from;
      if (ChunkTimes.isGap(unseen, until)) {
        published.add(
            publish(
                switch (gap.cause()) {
                  case NO_FRAMES ->
                      new DetectedGap(
                          unseen, until, Cause.MISSING, "the chunk has no frames for this time");
                  case DAMAGED ->
                      new DetectedGap(
                          unseen,
                          until,
                          Cause.DAMAGED,
                          "the chunk is damaged here, or this part of it is missing");
                }));
      }
    }
    if (!published.isEmpty()) {
      commit.accept(published);
    }
    windows.reportProgress(
        clock.offsetMicros(end.isAfter(watermarkBefore) ? end : watermarkBefore));
  }

  /// Decodes a chunk again after a restart, because windows still need its frames. Rejects it if it
  /// can no longer be decoded.
  void replay(Chunk chunk, NeededRecord record) {
    try {
      frames.replay(chunk, record);
    } catch (UnreadableMediaException e) {
      listener.on(new ChunkRejected(stream, e.rejection()));
    }
  }

  /// Evicts frames that no window needs, once all chunks have been replayed.
  void completeReplay() {
    frames.evictBefore(windows.nextStart());
  }

  /// Whether the next chunk need not be decoded, because every window that covers it is going to be
  /// shed.
  ///
  /// @param end absolute time at which the chunk ends
  boolean sheds(Instant end) {
    return windows.shedsUntil(clock.offsetMicros(end));
  }

  /// Sheds a chunk, and with it the frames that were buffered for the same windows. That is final:
  /// those windows are not analyzed later with a part of their frames.
  ///
  /// @param end absolute time at which the chunk ends
  void shed(PlacedChunk placed, Instant end) {
    listener.on(new ChunkShed(stream, placed.sequence()));
    long endMicros = clock.offsetMicros(end);
    frames.evictBefore(endMicros);
    Instant settled = clock.instantAt(windows.progress().settledMicros());
    // Anything shorter is no gap by itself; it is reported with the next chunk that is shed.
    if (ChunkTimes.isGap(settled, end)) {
      List<Gap> notAnalyzed = windows.shedUntil(endMicros);
      if (!notAnalyzed.isEmpty()) {
        commit.accept(List.copyOf(notAnalyzed));
      }
    }
    windows.reportProgress(endMicros);
  }

  /// Turns a gap that is final into a result.
  Gap publish(DetectedGap gap) {
    return gaps.publish(gap);
  }

  /// Whether something between these absolute times is missing; everything before the start is.
  boolean hasGap(Instant from, Instant until) {
    return startsAfter(from) || gaps.overlaps(from, until);
  }

  boolean startsAfter(Instant instant) {
    return ChunkTimes.isGap(instant, start());
  }

  /// Analyzes the parts of a redriven chunk that fill gaps.
  ///
  /// @return whether it filled any
  /// @throws UnreadableMediaException when the chunk cannot be decoded to its end
  boolean repair(PlacedChunk placed) throws UnreadableMediaException {
    Repair.Repaired repaired =
        new Repair(stream, clock, settings, tools).repair(placed, aggregator, gaps);
    if (repaired.results().isEmpty()) {
      return false;
    }
    gaps.recover(repaired.recoveredMicros());
    commit.accept(repaired.results());
    return true;
  }

  /// Processes the next window if it is full, or analyzes it partially if that is due.
  ///
  /// @param watermark absolute
  /// @return whether it did either
  boolean processNext(Instant watermark) {
    long micros = clock.offsetMicros(watermark);
    return windows.processFull(micros) || windows.processPartial(micros);
  }

  /// Processes what is available of the next window, when nothing more arrives for now.
  ///
  /// @param watermark absolute
  /// @return whether there was anything
  boolean processRemaining(Instant watermark) {
    return windows.processRemaining(clock.offsetMicros(watermark));
  }

  /// Closes what is open and summarizes the stream, because the producer's clock was set back.
  ///
  /// @param watermark absolute
  /// @param newStart absolute start of the first chunk with the new clock
  List<Result> clockSetBack(Instant watermark, Instant newStart) {
    List<Result> results = finish(watermark);
    results.add(
        publish(
            new DetectedGap(
                watermark,
                watermark,
                Cause.CLOCK,
                "the producer's clock was set back from %s to %s; the stream starts again"
                    .formatted(watermark, newStart))));
    return results;
  }

  /// Closes what is open and summarizes the stream, because the producer has ended it.
  ///
  /// @param watermark absolute
  List<Result> end(Instant watermark) {
    List<Result> results = finish(watermark);
    results.add(aggregator.streamEnd(watermark, gaps.notSeenMicros()));
    return results;
  }

  /// Closes what is open and summarizes the stream so far, because the stream becomes idle. The
  /// next window starts at the watermark.
  ///
  /// @param watermark absolute
  List<Result> idle(Instant watermark) {
    List<Result> results = finish(watermark);
    windows.reanchor(clock.offsetMicros(watermark));
    close();
    return results;
  }

  private List<Result> finish(Instant watermark) {
    return windows.finish(clock.offsetMicros(watermark));
  }

  /// Closes the buffered frames.
  @Override
  public void close() {
    frames.close();
  }
}
