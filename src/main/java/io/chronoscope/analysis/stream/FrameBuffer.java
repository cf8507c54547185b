package io.chronoscope.analysis.stream;

import io.chronoscope.analysis.StreamPosition.DecodedChunk;
import io.chronoscope.analysis.StreamPosition.NeededRecord;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.StreamInput.Chunk;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.sampling.FrameSampler;
import io.chronoscope.sampling.SampleGrid;
import io.chronoscope.shedding.DetailLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Decodes a stream's chunks into sampled frames and buffers them, in time order, until no window
/// needs them. Remembers which chunks the frames come from, since they have to be replayed after a
/// restart.
///
/// Owns the pictures of the frames it buffers: they are valid until [#evictBefore] or [#close].
/// Used by one thread at a time. Times in microseconds count from the stream's start.
final class FrameBuffer implements AutoCloseable {

  private final ChunkReader reader;
  private final StreamClock clock;
  private final Deque<SampledFrame> frames = new ArrayDeque<>();
  private final NavigableMap<Long, DetailLevel> details = new TreeMap<>();
  private final NavigableMap<Long, Long> damage = new TreeMap<>();
  private final Deque<NeededRecord> chunks = new ArrayDeque<>();

  /// @param reader reads this stream only
  FrameBuffer(ChunkReader reader, StreamClock clock, FrameSampler.Position samplerPosition) {
    this.reader = reader;
    this.clock = clock;
    reader.goTo(samplerPosition);
  }

  /// A chunk that was decoded but is not buffered yet. The receiver owns the frames.
  ///
  /// @param detail at which the chunk's frames were sampled
  /// @param samplerBefore position of the frame sampler before the chunk
  /// @param took how long decoding took
  record Decoded(
      MediaFacts facts,
      List<SampledFrame> frames,
      DetailLevel detail,
      FrameSampler.Position samplerBefore,
      Duration took) {}

  /// @param detail of the windows that the chunk is decoded for
  /// @throws UnreadableMediaException when the chunk cannot be decoded to its end
  Decoded decode(PlacedChunk placed, DetailLevel detail) throws UnreadableMediaException {
    long startNanos = System.nanoTime();
    FrameSampler.Position before = reader.position();
    ChunkReader.Read read =
        reader.read(placed.chunk(), StreamClock.epochMicros(placed.start()), detail);
    return new Decoded(
        read.facts(),
        read.frames(),
        detail,
        before,
        Duration.ofNanos(System.nanoTime() - startNanos));
  }

  /// Buffers the frames of the chunk that was decoded last, and owns them from now on.
  ///
  /// @param end absolute time at which the chunk ends
  void append(PlacedChunk placed, Decoded decoded, Instant end) {
    chunks.add(
        new NeededRecord(
            placed.chunk().origin().offset(),
            placed.sequence(),
            placed.start(),
            Optional.of(new DecodedChunk(end, decoded.samplerBefore(), decoded.detail().level()))));
    add(decoded.frames(), decoded.detail());
    addDamage(placed.start(), decoded.facts());
  }

  private void addDamage(Instant chunkStart, MediaFacts facts) {
    long start = clock.offsetMicros(chunkStart);
    facts
        .damage()
        .forEach(
            one -> damage.merge(start + one.fromMicros(), start + one.untilMicros(), Math::max));
  }

  /// How much of a time span is damaged; longer damage is a gap and does not count.
  long damagedMillis(long fromMicros, long untilMicros) {
    long micros =
        damage.headMap(untilMicros).entrySet().stream()
            .mapToLong(
                one -> Math.min(one.getValue(), untilMicros) - Math.max(one.getKey(), fromMicros))
            .filter(length -> length > 0)
            .sum();
    return Math.round(micros / 1000.0);
  }

  private void add(List<SampledFrame> sampled, DetailLevel detail) {
    frames.addAll(sampled);
    sampled.forEach(frame -> details.put(timeOf(frame), detail));
  }

  /// The lowest detail at which frames of a time span were sampled.
  DetailLevel detail(long fromMicros, long untilMicros) {
    return details.subMap(fromMicros, untilMicros).values().stream()
        .max(Comparator.comparingInt(DetailLevel::level))
        .orElse(DetailLevel.FULL);
  }

  /// Decodes and buffers a chunk again after a restart, with the frames it gave before. To be
  /// called in the order in which the chunks were decoded before.
  ///
  /// @throws UnreadableMediaException when it can no longer be decoded, because the media it refers
  ///   to are gone
  void replay(Chunk chunk, NeededRecord record) throws UnreadableMediaException {
    FrameSampler.Position after = reader.position();
    try {
      DecodedChunk decoded = record.decoded().orElseThrow();
      DetailLevel detail = DetailLevel.at(decoded.detailLevel());
      reader.goTo(decoded.samplerBefore());
      ChunkReader.Read read = reader.read(chunk, StreamClock.epochMicros(record.start()), detail);
      add(read.frames(), detail);
      addDamage(record.start(), read.facts());
      chunks.add(record);
    } finally {
      reader.goTo(after);
    }
  }

  List<SampledFrame> between(long fromMicros, long untilMicros) {
    return frames.stream()
        .filter(frame -> timeOf(frame) >= fromMicros && timeOf(frame) < untilMicros)
        .toList();
  }

  /// Time of the first frame at or after `micros`.
  OptionalLong firstAtOrAfter(long micros) {
    return frames.stream().mapToLong(this::timeOf).filter(time -> time >= micros).findFirst();
  }

  OptionalLong latest() {
    return frames.isEmpty() ? OptionalLong.empty() : OptionalLong.of(timeOf(frames.getLast()));
  }

  boolean isEmpty() {
    return frames.isEmpty();
  }

  long timeOf(SampledFrame frame) {
    return clock.offsetMicros(frame.gridMicros());
  }

  /// Closes all frames before `micros` and forgets the chunks that have no others.
  void evictBefore(long micros) {
    while (!frames.isEmpty() && timeOf(frames.getFirst()) < micros) {
      frames.removeFirst().picture().close();
    }
    details.headMap(micros).clear();
    damage.values().removeIf(until -> until <= micros);
    chunks.removeIf(chunk -> !endsAfter(chunk, micros));
  }

  /// The buffered chunks that end after `micros`, in decoding order.
  List<NeededRecord> chunksEndingAfter(long micros) {
    return chunks.stream().filter(chunk -> endsAfter(chunk, micros)).toList();
  }

  private boolean endsAfter(NeededRecord chunk, long micros) {
    return chunk.decoded().orElseThrow().end().isAfter(clock.instantAt(micros));
  }

  SampleGrid grid() {
    return reader.grid();
  }

  FrameSampler.Position samplerPosition() {
    return reader.position();
  }

  @Override
  public void close() {
    frames.forEach(frame -> frame.picture().close());
    frames.clear();
    details.clear();
    damage.clear();
    chunks.clear();
  }
}
