package io.chronoscope.analysis.window;

import io.chronoscope.analysis.window.RecentWindows.PairKey;
import io.chronoscope.batching.BatchedModel;
import io.chronoscope.batching.Priority;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.sampling.FramePairs;
import io.chronoscope.sampling.PictureComparison;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
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

  /// Most pairs, since those that did not change take no bytes of embeddings.
  private static final int MAX_PAIRS = 1 << 16;

  private final BatchedModel model;
  private final long maxBytes;
  private final PictureComparison comparison;
  private final Map<PairKey, Cached> pairs = RecentWindows.leastRecentFirst();
  private final Map<EncodedPair, Use> uses = new IdentityHashMap<>();
  private final Map<PairContent, EncodedPair> byContent = new HashMap<>();
  private final RecentWindows windows = new RecentWindows(pairs);
  private long bytes;

  /// @param maxBytes of cached embeddings
  /// @param comparison when a pair is the same as the one before and need not be encoded
  public EmbeddingCache(BatchedModel model, long maxBytes, PictureComparison comparison) {
    this.model = model;
    this.maxBytes = maxBytes;
    this.comparison = comparison;
  }

  /// @param fidelity whether `pair` was encoded from the pixels that it is cached for
  record Cached(EncodedPair pair, Fidelity fidelity) {}

  enum Fidelity {
    /// From these pixels, or equal ones.
    OWN,
    /// From pixels that differ a little.
    NEAR
  }

  /// Embeddings in the cache.
  private static final class Use {
    private int pairs;

    /// Of the pixels they were encoded from; null when that is not known any more.
    private final @Nullable PairContent content;

    Use(@Nullable PairContent content) {
      this.content = content;
    }
  }

  /// @param reused how many of `pairs` were cached
  /// @param unchanged how many of `pairs` have the embeddings of an earlier pair of the stream,
  ///   because their pictures are the same
  record Encoded(List<EncodedPair> pairs, int reused, int unchanged) {}

  /// Encodes the pairs that are not cached and not the same as an earlier pair, and waits for them.
  /// The caller keeps the pictures.
  ///
  /// @param size all frames are given to the model at this size
  /// @param priority how soon the encoder is to process what is not cached
  Encoded encode(String stream, List<FramePairs.Pair> wanted, FrameSize size, Priority priority) {
    List<CompletableFuture<EncodedPair>> results = new ArrayList<>();
    List<Fidelity> fidelities = new ArrayList<>();
    List<@Nullable PairContent> contents = new ArrayList<>();
    Map<PairContent, CompletableFuture<EncodedPair>> encoding = new HashMap<>();
    List<Picture> resized = new ArrayList<>();
    int reused = 0;
    int unchanged = 0;
    // The last pair with embeddings of its own: comparing with others, small differences would add
    // up.
    int own = -1;
    try {
      for (int i = 0; i < wanted.size(); i++) {
        FramePairs.Pair pair = wanted.get(i);
        Cached known = get(PairKey.of(stream, pair, size));
        Fidelity fidelity = Fidelity.OWN;
        PairContent content = null;
        if (known != null) {
          results.add(CompletableFuture.completedFuture(known.pair));
          fidelity = known.fidelity;
          reused++;
        } else {
          content = PairContent.of(stream, pair, size);
          CompletableFuture<EncodedPair> same = get(content, encoding);
          if (same != null) {
            results.add(same);
            unchanged++;
          } else if (own >= 0 && comparison.same(wanted.get(own), pair)) {
            results.add(results.get(own));
            fidelity = Fidelity.NEAR;
            content = null;
            unchanged++;
          } else {
            CompletableFuture<EncodedPair> encoded =
                model.encode(
                    stream,
                    new FramePair(
                        at(size, pair.first().picture(), resized),
                        at(size, pair.second().picture(), resized)),
                    priority);
            results.add(encoded);
            encoding.put(content, encoded);
          }
        }
        contents.add(content);
        fidelities.add(fidelity);
        own = fidelity == Fidelity.OWN ? i : own;
      }
      BatchedModel.joinAll(results);
    } finally {
      resized.forEach(Picture::close);
    }
    List<EncodedPair> pairs = results.stream().map(CompletableFuture::join).toList();
    for (int i = 0; i < wanted.size(); i++) {
      put(
          PairKey.of(stream, wanted.get(i), size),
          new Cached(pairs.get(i), fidelities.get(i)),
          contents.get(i));
    }
    return new Encoded(pairs, reused, unchanged);
  }

  private synchronized @Nullable Cached get(PairKey key) {
    return pairs.get(key);
  }

  /// @param encoding what this call has submitted
  private synchronized @Nullable CompletableFuture<EncodedPair> get(
      PairContent content, Map<PairContent, CompletableFuture<EncodedPair>> encoding) {
    EncodedPair cached = byContent.get(content);
    return cached == null ? encoding.get(content) : CompletableFuture.completedFuture(cached);
  }

  /// @param content of the pixels that the pair was encoded from, if they are at hand
  private synchronized void put(PairKey key, Cached pair, @Nullable PairContent content) {
    Cached before = pairs.put(key, pair);
    retain(pair.pair, content);
    if (before != null) {
      release(before.pair);
    }
    Iterator<Cached> oldest = pairs.values().iterator();
    while ((bytes > maxBytes || pairs.size() > MAX_PAIRS) && oldest.hasNext()) {
      release(oldest.next().pair);
      oldest.remove();
    }
    windows.evictIncomplete();
  }

  /// Counts embeddings once, however many pairs they stand for.
  private void retain(EncodedPair pair, @Nullable PairContent content) {
    Use use = uses.get(pair);
    if (use == null) {
      use = new Use(content);
      uses.put(pair, use);
      bytes += bytes(pair);
      if (content != null) {
        byContent.put(content, pair);
      }
    }
    use.pairs++;
  }

  private void release(EncodedPair pair) {
    Use use = uses.get(pair);
    if (use != null && --use.pairs == 0) {
      uses.remove(pair);
      bytes -= bytes(pair);
      if (use.content != null) {
        byContent.remove(use.content, pair);
      }
    }
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
  public synchronized long bytes() {
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
