package io.chronoscope.analysis.window;

import io.chronoscope.batching.BatchedModel;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.Sampling;
import io.chronoscope.sampling.FramePairs;
import io.chronoscope.sampling.FrameTimes;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The encoded pairs of all streams of this process, the longest unused first to go. The encoder
/// never looks beyond a pair, so whoever looks at the same frames again (the next window, a rule, a
/// question) need not have them encoded again; and of a window that was seen lately, all that the
/// model needs is here without decoding anything. Thread-safe.
public final class EmbeddingCache {

  public static final long DEFAULT_MAX_BYTES = 256L * 1024 * 1024;

  private static final int MOST_STARTS = 10_000;
  private static final int FIRST_CAPACITY = 64;
  private static final float LOAD_FACTOR = 0.75f;

  /// Frames are told apart by the chunk, too: a stream that is sent again has the same times.
  private record Key(
      String stream,
      long firstMicros,
      ChunkOrigin first,
      long secondMicros,
      ChunkOrigin second,
      FrameSize size) {}

  private record Start(String stream, long micros) {}

  private record WindowKey(Start start, long window) {}

  private record Window(
      SeenSpan span,
      Sampling sampling,
      FrameTimes times,
      List<ChunkOrigin> origins,
      List<Key> pairs) {}

  private final BatchedModel model;
  private final long maxBytes;
  private final Map<Key, EncodedPair> pairs = leastRecentFirst();
  private final Map<WindowKey, Window> windows = leastRecentFirst();
  private final Set<Start> starts = Collections.newSetFromMap(leastRecentFirst());
  private long bytes;

  /// @param maxBytes of embeddings that are kept
  public EmbeddingCache(BatchedModel model, long maxBytes) {
    this.model = model;
    this.maxBytes = maxBytes;
  }

  private static <K, V> Map<K, V> leastRecentFirst() {
    return new LinkedHashMap<>(FIRST_CAPACITY, LOAD_FACTOR, true);
  }

  /// @param reused how many of `pairs` were there already
  record Encoded(List<EncodedPair> pairs, int reused) {}

  /// @param size all frames are given to the model at this size
  /// @param urgency how soon the encoder is to see what is not there yet
  Encoded encode(
      String stream, List<FramePairs.Pair> wanted, FrameSize size, BatchedModel.Urgency urgency) {
    List<EncodedPair> found = new ArrayList<>();
    Map<Integer, CompletableFuture<EncodedPair>> running = new HashMap<>();
    List<Picture> resized = new ArrayList<>();
    try {
      for (int i = 0; i < wanted.size(); i++) {
        FramePairs.Pair pair = wanted.get(i);
        EncodedPair known = known(key(stream, pair, size));
        if (known == null) {
          running.put(
              i,
              model.encode(
                  new FramePair(
                      at(size, pair.first().picture(), resized),
                      at(size, pair.second().picture(), resized)),
                  urgency));
        } else {
          found.add(known);
        }
      }
      BatchedModel.joinAll(List.copyOf(running.values()));
    } finally {
      resized.forEach(Picture::close);
    }
    int reused = found.size();
    Iterator<EncodedPair> reusedOnes = found.iterator();
    List<EncodedPair> all = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      CompletableFuture<EncodedPair> fresh = running.get(i);
      EncodedPair pair = fresh == null ? reusedOnes.next() : fresh.join();
      if (fresh != null) {
        keep(key(stream, wanted.get(i), size), pair);
      }
      all.add(pair);
    }
    return new Encoded(all, reused);
  }

  private static Key key(String stream, FramePairs.Pair pair, FrameSize size) {
    return key(
        stream,
        pair.first().gridMicros(),
        pair.first().origin(),
        pair.second().gridMicros(),
        pair.second().origin(),
        size);
  }

  private static Key key(
      String stream,
      long first,
      ChunkOrigin firstOrigin,
      long second,
      ChunkOrigin secondOrigin,
      FrameSize size) {
    return new Key(stream, first, firstOrigin, second, secondOrigin, size);
  }

  private synchronized @Nullable EncodedPair known(Key key) {
    return pairs.get(key);
  }

  private synchronized void keep(Key key, EncodedPair pair) {
    EncodedPair before = pairs.put(key, pair);
    bytes += bytes(pair) - (before == null ? 0 : bytes(before));
    Iterator<EncodedPair> oldest = pairs.values().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      bytes -= bytes(oldest.next());
      oldest.remove();
    }
    forgetWindowsWithoutPairs();
  }

  /// WindowSequence lose their pairs in about the order in which they were seen.
  private void forgetWindowsWithoutPairs() {
    Iterator<Window> oldest = windows.values().iterator();
    while (oldest.hasNext() && !pairs.keySet().containsAll(oldest.next().pairs)) {
      oldest.remove();
    }
  }

  private static long bytes(EncodedPair pair) {
    return (long) Float.BYTES * pair.embeddings().remaining();
  }

  /// Bytes of embeddings that are kept.
  public synchronized long bytes() {
    return bytes;
  }

  /// WindowSequence that are remembered; of each its pairs were there when it was last looked for.
  synchronized int windows() {
    return windows.size();
  }

  /// Notes a window as it was seen last.
  synchronized void remember(WindowView view) {
    List<Long> micros = view.times().micros();
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < micros.size(); i += 2) {
      int second = Math.min(i + 1, micros.size() - 1);
      keys.add(
          key(
              view.stream(),
              micros.get(i),
              view.origins().get(i),
              micros.get(second),
              view.origins().get(second),
              view.size()));
    }
    Start start = new Start(view.stream(), view.startMicros());
    windows.put(
        new WindowKey(start, view.span().window()),
        new Window(view.span(), view.sampling(), view.times(), view.origins(), keys));
    starts.add(start);
    if (starts.size() > MOST_STARTS) {
      starts.remove(starts.iterator().next());
    }
  }

  /// A window that was seen, if all of it is still here.
  ///
  /// @param startMicros the stream's start, absolute
  public synchronized Optional<WindowView> recall(String stream, long startMicros, long window) {
    WindowKey key = new WindowKey(new Start(stream, startMicros), window);
    Window seen = windows.get(key);
    if (seen == null) {
      return Optional.empty();
    }
    List<EncodedPair> encoded = new ArrayList<>();
    for (Key pair : seen.pairs) {
      EncodedPair kept = pairs.get(pair);
      if (kept == null) {
        windows.remove(key);
        return Optional.empty();
      }
      encoded.add(kept);
    }
    return Optional.of(
        new WindowView(
            stream, startMicros, seen.span, seen.sampling, seen.times, seen.origins, encoded));
  }

  /// The windows of a stretch that were seen whole and as closely as asked, and of which everything
  /// is still here, in their order.
  ///
  /// @param startMicros the stream's start, absolute
  /// @param fromMicros absolute
  /// @param toMicros absolute, no longer part of the stretch
  public synchronized List<WindowView> recall(
      String stream, long startMicros, long fromMicros, long toMicros) {
    return windows.entrySet().stream()
        .filter(entry ->
            entry.getKey().start.equals(new Start(stream, startMicros))
                && entry.getValue().sampling.loadLevel() == 0
                && startMicros + entry.getValue().span.untilMicros() > fromMicros
                && startMicros + entry.getValue().span.firstMicros() < toMicros)
        .map(entry -> entry.getKey().window)
        .sorted()
        .toList()
        .stream()
        .flatMap(window -> recall(stream, startMicros, window).stream())
        .filter(WindowView::isWithoutHoles)
        .toList();
  }

  /// When a stream began that was seen here lately; of several of that name the last one that had
  /// begun by then.
  ///
  /// @param atMicros absolute
  public synchronized OptionalLong startOf(String stream, long atMicros) {
    return starts.stream()
        .filter(start -> start.stream.equals(stream) && start.micros <= atMicros)
        .mapToLong(Start::micros)
        .max();
  }

  /// A stream that changes its resolution gives frames of several sizes; a window has one.
  private Picture at(FrameSize size, Picture picture, List<Picture> resized) {
    if (ChunkReader.sizeOf(picture).equals(size)) {
      return picture;
    }
    Picture copy = model.resize(picture, size);
    resized.add(copy);
    return copy;
  }
}
