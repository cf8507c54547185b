package io.chronoscope.analysis;

import io.chronoscope.batching.BatchedModel;
import io.chronoscope.model.FrameSize;
import io.chronoscope.model.Picture;
import io.chronoscope.model.SampledFrame;
import io.chronoscope.sampling.FramePairs;
import io.chronoscope.vision.BicubicResize;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// The encoded pairs of one stream's latest window. Overlapping windows that are sampled alike
/// share pairs, and the encoder never looks beyond a pair, so what is shared need not be computed
/// again.
final class PairStore {

  private record Key(long firstMicros, long secondMicros, FrameSize size) {}

  private final BatchedModel model;
  private Map<Key, EncodedPair> latest = new HashMap<>();

  PairStore(BatchedModel model) {
    this.model = model;
  }

  /// @param reused how many of `pairs` were there already
  record Encoded(List<EncodedPair> pairs, int reused) {}

  /// @param size all frames are given to the model at this size
  Encoded encode(List<FramePairs.Pair> wanted, FrameSize size) {
    List<Key> keys = new ArrayList<>();
    Map<Key, CompletableFuture<EncodedPair>> running = new HashMap<>();
    List<Picture> resized = new ArrayList<>();
    int reused = 0;
    try {
      for (FramePairs.Pair pair : wanted) {
        SampledFrame first = pair.first();
        SampledFrame second = pair.second();
        Key key = new Key(first.gridMicros(), second.gridMicros(), size);
        keys.add(key);
        if (latest.containsKey(key)) {
          reused++;
        } else {
          running.put(
              key,
              model.encode(
                  new FramePair(
                      at(size, first.picture(), resized), at(size, second.picture(), resized))));
        }
      }
      BatchedModel.joinAll(List.copyOf(running.values()));
    } finally {
      resized.forEach(Picture::close);
    }
    Map<Key, EncodedPair> now = new HashMap<>();
    List<EncodedPair> pairs = new ArrayList<>();
    for (Key key : keys) {
      CompletableFuture<EncodedPair> fresh = running.get(key);
      EncodedPair pair = fresh == null ? latest.get(key) : fresh.join();
      if (pair == null) {
        throw new IllegalStateException("a pair that was counted as known is not there");
      }
      now.put(key, pair);
      pairs.add(pair);
    }
    latest = now;
    return new Encoded(pairs, reused);
  }

  /// A stream that changes its resolution gives frames of several sizes; a window has one.
  private Picture at(FrameSize size, Picture picture, List<Picture> resized) {
    if (ChunkReader.sizeOf(picture).equals(size)) {
      return picture;
    }
    Picture copy = BicubicResize.resize(picture, size);
    resized.add(copy);
    return copy;
  }
}
