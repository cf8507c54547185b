package io.chronoscope.analysis.window;

import io.chronoscope.analysis.window.RecentWindows.PairKey;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.Priority;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.sampling.FramePairs;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Caches the embeddings of frame pairs of all streams of this process, evicting the least recently
/// used. The encoder never attends beyond a pair, so that the next window, a rule or a question
/// that needs the same frames can reuse their embeddings; and as long as all pairs of a window are
/// cached, the window can be recalled without decoding anything. Thread-safe.
public final class EmbeddingCache {

  private final BatchedModel model;
  private final long maxBytes;
  private final Map<PairKey, EncodedPair> pairs = RecentWindows.leastRecentFirst();
  private final RecentWindows windows = new RecentWindows(pairs);
  private long bytes;

  /// @param maxBytes of cached embeddings
  public EmbeddingCache(BatchedModel model, long maxBytes) {
    this.model = model;
    this.maxBytes = maxBytes;
  }

  /// @param reused how many of `pairs` were cached
  record Encoded(List<EncodedPair> pairs, int reused) {}

  /// Encodes the pairs that are not cached, and waits for them. The caller keeps the pictures.
  ///
  /// @param size all frames are given to the model at this size
  /// @param priority how soon the encoder is to process what is not cached
  Encoded encode(String stream, List<FramePairs.Pair> wanted, FrameSize size, Priority priority) {
    List<EncodedPair> cached = new ArrayList<>();
    Map<Integer, CompletableFuture<EncodedPair>> running = new HashMap<>();
    List<Picture> resized = new ArrayList<>();
    try {
      for (int i = 0; i < wanted.size(); i++) {
        FramePairs.Pair pair = wanted.get(i);
        EncodedPair known = get(PairKey.of(stream, pair, size));
        if (known == null) {
          running.put(
              i,
              model.encode(
                  stream,
                  new FramePair(
                      at(size, pair.first().picture(), resized),
                      at(size, pair.second().picture(), resized)),
                  priority));
        } else {
          cached.add(known);
        }
      }
      BatchedModel.joinAll(List.copyOf(running.values()));
    } finally {
      resized.forEach(Picture::close);
    }
    int reused = cached.size();
    Iterator<EncodedPair> nextCached = cached.iterator();
    List<EncodedPair> all = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      CompletableFuture<EncodedPair> fresh = running.get(i);
      EncodedPair pair = fresh == null ? nextCached.next() : fresh.join();
      if (fresh != null) {
        put(PairKey.of(stream, wanted.get(i), size), pair);
      }
      all.add(pair);
    }
    return new Encoded(all, reused);
  }

  private synchronized @Nullable EncodedPair get(PairKey key) {
    return pairs.get(key);
  }

  private synchronized void put(PairKey key, EncodedPair pair) {
    EncodedPair before = pairs.put(key, pair);
    bytes += bytes(pair) - (before == null ? 0 : bytes(before));
    Iterator<EncodedPair> oldest = pairs.values().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      bytes -= bytes(oldest.next());
      oldest.remove();
    }
    windows.evictIncomplete();
  }

  private static long bytes(EncodedPair pair) {
    return (long) Float.BYTES * pair.embeddings().remaining();
  }

  /// Frames differ in size where a stream changes its resolution; within a window all are given to
  /// the model at one size.
  ///
  /// @param resized receives the copies, which the caller closes
  private Picture at(FrameSize size, Picture picture, List<Picture> resized) {
    if (ChunkReader.sizeOf(picture).equals(size)) {
      return picture;
    }
    Picture copy = model.resize(picture, size);
    resized.add(copy);
    return copy;
  }

  /// Bytes of cached embeddings.
  synchronized long bytes() {
    return bytes;
  }

  /// Number of windows that can be recalled, unless they have lost pairs since.
  synchronized int windows() {
    return windows.size();
  }

  /// Makes a window recallable, in place of an earlier one with its number.
  synchronized void remember(EncodedWindow window) {
    windows.add(window);
  }

  /// Recalls a window if all of its pairs are cached.
  ///
  /// @param startMicros the stream's start, in epoch microseconds
  synchronized Optional<EncodedWindow> recall(String stream, long startMicros, long window) {
    return windows.find(stream, startMicros, window);
  }

  /// Recalls the windows of a time range that were encoded at full detail and without gaps, and
  /// whose pairs are all cached; in order.
  ///
  /// @param startMicros the stream's start, in epoch microseconds
  /// @param fromMicros epoch microseconds, inclusive
  /// @param toMicros epoch microseconds, exclusive
  public synchronized List<EncodedWindow> recall(
      String stream, long startMicros, long fromMicros, long toMicros) {
    return windows.find(stream, startMicros, fromMicros, toMicros);
  }

  /// Start of a stream that was encoded here recently, in epoch microseconds; of several streams of
  /// that name, the latest that had started by `atMicros` (epoch microseconds).
  public synchronized OptionalLong startOf(String stream, long atMicros) {
    return windows.startOf(stream, atMicros);
  }
}
