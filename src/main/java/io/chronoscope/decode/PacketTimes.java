package io.chronoscope.decode;

import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;

/// The timestamps of a video's packets as its container states them, and what they mean: collects
/// them in decoding order, then repairs what recorders and networks do to them.
///
/// - A time far from both its neighbors is wrong and counts as not stated.
/// - A clock that is set back continues where it stood: what follows is presented after what came
///   before.
/// - Times that are not stated follow from the decoding times, or lie evenly between their
///   neighbors, where frames are presented in the order in which they are decoded. Otherwise only
///   the decoder knows the order ([PresentationOrder]).
///
/// Decoding times are not used further: they repeat, fall back or are missing in too many files,
/// and follow from the presentation times ([#decodeTimes]).
final class PacketTimes {

  /// Not stated. FFmpeg's `AV_NOPTS_VALUE`.
  static final long NONE = avutil.AV_NOPTS_VALUE;

  /// Consecutive packets without a time that get one from their neighbors. ISO/IEC 13818-1 requires
  /// a time every 0.7 s.
  static final int MAX_UNTIMED = 64;

  /// A step back is no reordering when it is longer than this and longer than [#REORDERED_FRAMES]
  /// steps.
  private static final double SET_BACK_SECONDS = 1;

  private static final int REORDERED_FRAMES = 20;

  /// Packets that have to agree before a clock counts as set back.
  private static final int CONFIRMED_BY = 5;

  private final long setBackTicks;
  private long[] pts = new long[256];
  private long[] dts = new long[256];
  private int size;
  private final BitSet keys = new BitSet();
  private final BitSet discarded = new BitSet();

  /// @param timeBase of the timestamps
  PacketTimes(AVRational timeBase) {
    this.setBackTicks =
        Math.max(1, Math.round(SET_BACK_SECONDS * timeBase.den() / Math.max(1, timeBase.num())));
  }

  void add(long presentation, long decode, boolean key, boolean discard) {
    if (size == pts.length) {
      pts = Arrays.copyOf(pts, 2 * size);
      dts = Arrays.copyOf(dts, 2 * size);
    }
    pts[size] = presentation;
    dts[size] = decode;
    keys.set(size, key);
    discarded.set(size, discard);
    size++;
  }

  int size() {
    return size;
  }

  boolean isKey(int packet) {
    return keys.get(packet);
  }

  boolean hasKeys() {
    return !keys.isEmpty();
  }

  /// Whether an edit list excludes the packet's frame: others may depend on it.
  boolean isDiscarded(int packet) {
    return discarded.get(packet);
  }

  /// @return [#NONE] when not known
  long presentation(int packet) {
    return pts[packet];
  }

  boolean isComplete() {
    return packets().noneMatch(packet -> pts[packet] == NONE);
  }

  /// Packets whose frames are shown.
  private IntStream packets() {
    return IntStream.range(0, size).filter(packet -> !discarded.get(packet));
  }

  /// Whether some frame is presented before one that is decoded earlier.
  boolean statesReordering() {
    long last = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      if (pts[i] == NONE || discarded.get(i)) {
        continue;
      }
      if (last - pts[i] > 0 && last - pts[i] <= setBackTicks) {
        return true;
      }
      last = pts[i];
    }
    return false;
  }

  /// Makes all packets packets without a time.
  void forget() {
    Arrays.fill(pts, 0, size, NONE);
    Arrays.fill(dts, 0, size, NONE);
  }

  /// Repairs the stated times.
  ///
  /// @param reorders whether frames are presented in another order than decoded
  void repair(boolean reorders) {
    if (!reorders) {
      for (int i = 0; i < size; i++) {
        pts[i] = pts[i] == NONE ? dts[i] : pts[i];
      }
    }
    removeOutliers();
    joinClocks();
    if (!reorders) {
      interpolate(packets().toArray(), 0);
    }
  }

  /// Steps between stated times in decoding order: about the frame interval.
  private long usualStep() {
    long[] steps = new long[size];
    int count = 0;
    long last = NONE;
    for (int i = 0; i < size; i++) {
      if (pts[i] != NONE && !discarded.get(i)) {
        if (last != NONE) {
          steps[count++] = Math.abs(pts[i] - last);
        }
        last = pts[i];
      }
    }
    return median(steps, count);
  }

  private static long median(long[] values, int count) {
    if (count == 0) {
      return 0;
    }
    long[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return sorted[(count - 1) / 2];
  }

  private long reorderingTicks() {
    return Math.max(setBackTicks, REORDERED_FRAMES * usualStep());
  }

  private void removeOutliers() {
    int[] timed = packets().filter(packet -> pts[packet] != NONE).toArray();
    long far = reorderingTicks();
    for (int i = 0; i + 1 < timed.length; i++) {
      long next = pts[timed[i + 1]];
      boolean farFromNext = Math.abs(pts[timed[i]] - next) > far;
      int before = i - 1;
      while (before >= 0 && pts[timed[before]] == NONE) {
        before--;
      }
      long last = before < 0 ? NONE : pts[timed[before]];
      boolean farFromLast = last != NONE && Math.abs(pts[timed[i]] - last) > far;
      if (farFromNext && farFromLast && Math.abs(next - last) <= far) {
        pts[timed[i]] = NONE;
      }
    }
  }

  private void joinClocks() {
    int[] timed = packets().filter(packet -> pts[packet] != NONE).toArray();
    long far = reorderingTicks();
    long shift = 0;
    long latest = Long.MIN_VALUE;
    long latestStated = Long.MIN_VALUE;
    int clockStart = 0;
    for (int i = 0; i < timed.length; i++) {
      long stated = pts[timed[i]];
      if (latestStated != Long.MIN_VALUE
          && latestStated - stated > far
          && confirmed(timed, i, latestStated - far)) {
        long interval = medianDistance(Arrays.stream(timed, clockStart, i));
        shift = latest + Math.max(1, interval) - firstOf(timed, i, stated + far);
        latestStated = Long.MIN_VALUE;
        clockStart = i;
      }
      latestStated = Math.max(latestStated, stated);
      pts[timed[i]] = stated + shift;
      latest = Math.max(latest, stated + shift);
    }
  }

  private boolean confirmed(int[] timed, int from, long below) {
    return Arrays.stream(timed, from, Math.min(timed.length, from + CONFIRMED_BY))
        .allMatch(packet -> pts[packet] < below);
  }

  /// The earliest time of a clock whose first packets may be reordered.
  private long firstOf(int[] timed, int from, long below) {
    return Arrays.stream(timed, from, Math.min(timed.length, from + REORDERED_FRAMES))
        .mapToLong(packet -> pts[packet])
        .filter(time -> time < below)
        .min()
        .orElseThrow();
  }

  /// Gives packets without a time one that lies evenly between their neighbors, and after the last
  /// one that has a time, the frame interval.
  ///
  /// @param order the packets in presentation order
  /// @param intervalTicks frame interval that the codec states; 0 when it states none
  void interpolate(int[] order, long intervalTicks) {
    int last = -1;
    for (int i = 0; i < order.length; i++) {
      if (pts[order[i]] == NONE) {
        continue;
      }
      int untimed = i - last - 1;
      if (last >= 0 && untimed > 0 && untimed <= MAX_UNTIMED) {
        long from = pts[order[last]];
        long distance = pts[order[i]] - from;
        for (int k = last + 1; k < i; k++) {
          pts[order[k]] = from + distance * (k - last) / (i - last);
        }
      } else if (last < 0) {
        long interval = intervalOf(order, intervalTicks);
        for (int k = i - 1; k >= 0 && interval > 0 && untimed <= MAX_UNTIMED; k--) {
          pts[order[k]] = pts[order[i]] - interval * (i - k);
        }
      }
      last = i;
    }
    continueAfter(order, last, intervalTicks);
  }

  private void continueAfter(int[] order, int last, long intervalTicks) {
    int untimed = order.length - last - 1;
    long interval = intervalOf(order, intervalTicks);
    // With a rate that the codec states, no time is needed at all.
    if (untimed == 0 || interval == 0 || (intervalTicks == 0 && untimed > MAX_UNTIMED)) {
      return;
    }
    long from = last < 0 ? -interval : pts[order[last]];
    for (int k = last + 1; k < order.length; k++) {
      pts[order[k]] = from + interval * (k - last);
    }
  }

  /// Completes the times in the order in which a decoder presents the frames.
  ///
  /// @param order packets with a frame
  /// @param intervalTicks frame interval that the codec states; 0 when it states none
  void interpolateInOrder(int[] order, long intervalTicks) {
    boolean decodeTimed = Arrays.stream(order).allMatch(packet -> dts[packet] != NONE);
    if (Arrays.stream(order).allMatch(packet -> pts[packet] == NONE) && decodeTimed) {
      // Frames leave a decoder in the rhythm in which packets enter it.
      long[] sorted = Arrays.stream(order).mapToLong(packet -> dts[packet]).sorted().toArray();
      for (int i = 0; i < order.length; i++) {
        pts[order[i]] = sorted[i];
      }
    } else {
      interpolate(order, intervalTicks);
    }
    if (!statesReordering() && isComplete()) {
      long[] sorted = Arrays.stream(order).mapToLong(packet -> pts[packet]).sorted().toArray();
      for (int i = 0; i < order.length; i++) {
        pts[order[i]] = sorted[i];
      }
    }
    // A packet without a frame of its own, such as a second field, goes with the one before it.
    for (int i = 1; i < size; i++) {
      pts[i] = pts[i] == NONE ? pts[i - 1] : pts[i];
    }
  }

  private long intervalOf(int[] order, long intervalTicks) {
    if (intervalTicks > 0) {
      return intervalTicks;
    }
    int[] timed = Arrays.stream(order).filter(packet -> pts[packet] != NONE).toArray();
    if (timed.length < 2) {
      return 0;
    }
    int frames = 0;
    int first = -1;
    for (int i = 0; i < order.length; i++) {
      if (pts[order[i]] != NONE) {
        first = first < 0 ? i : first;
        frames = i - first;
      }
    }
    return Math.max(0, (pts[timed[timed.length - 1]] - pts[timed[0]]) / frames);
  }

  /// The earliest presentation time of a shown frame.
  OptionalLong first() {
    return packets().mapToLong(packet -> pts[packet]).filter(time -> time != NONE).min();
  }

  /// The latest presentation time of a shown frame.
  OptionalLong last() {
    return packets().mapToLong(packet -> pts[packet]).filter(time -> time != NONE).max();
  }

  /// Subtracts `zero` from all times.
  void startAt(long zero) {
    for (int i = 0; i < size; i++) {
      pts[i] = pts[i] == NONE ? NONE : pts[i] - zero;
    }
  }

  /// Median distance between consecutive frames; 0 for fewer than two.
  long usualInterval() {
    return medianDistance(packets().filter(packet -> pts[packet] != NONE));
  }

  private long medianDistance(IntStream timed) {
    long[] sorted = timed.mapToLong(packet -> pts[packet]).sorted().toArray();
    long[] distances = new long[Math.max(0, sorted.length - 1)];
    int count = 0;
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] > sorted[i - 1]) {
        distances[count++] = sorted[i] - sorted[i - 1];
      }
    }
    return median(distances, count);
  }

  /// Decoding times that ascend strictly and are never after the presentation time.
  ///
  /// @param presentation times in decoding order
  static long[] decodeTimes(long[] presentation) {
    long[] decode = presentation.clone();
    Arrays.sort(decode);
    long late = 0;
    for (int i = 0; i < decode.length; i++) {
      decode[i] = i == 0 ? decode[i] : Math.max(decode[i], decode[i - 1] + 1);
      late = Math.max(late, decode[i] - presentation[i]);
    }
    for (int i = 0; i < decode.length; i++) {
      decode[i] -= late;
    }
    return decode;
  }
}
