package io.chronoscope.decode.container;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which PES packets of one elementary stream lack transport packets, by the transport stream's own
/// counters and error marks (ISO/IEC 13818-1 §2.4.3). FFmpeg's demuxer joins what is left to
/// packets that look whole.
///
/// A counter has four bits: 16 lost packets of a stream do not show in it. They show in those of
/// other streams and tables, together with a hole in this stream's times.
///
/// @param incomplete positions in the segment at which such PES packets start, as in
///   `AVPacket.pos`. What was lost may also be whole PES packets right after one of them
/// @param beginsTorn whether the first PES packet that is there is not the first one: another one's
///   end is in front of it, or packets that cannot be read
/// @param unreadableBefore how many packets before the first PES packet cannot be read: with them
///   any number of pictures may be gone
public record TransportLosses(Set<Long> incomplete, boolean beginsTorn, int unreadableBefore) {

  public static final TransportLosses NONE = new TransportLosses(Set.of(), false, 0);

  private static final int PACKET_BYTES = 188;
  private static final int SYNC = 0x47;
  private static final int COUNTERS = 16;
  private static final int PROGRAMS_PID = 0;
  private static final int NULL_PID = 0x1fff;
  private static final long NO_TIME = Long.MIN_VALUE;

  /// @param firstByte position of the first sync byte
  /// @param strideBytes from one packet to the next: 188, 192 or 204
  /// @param pid of the elementary stream
  public static TransportLosses find(
      MemorySegment bytes, long firstByte, int strideBytes, int pid) {
    Scan scan = new Scan(bytes, pid);
    for (long at = firstByte; at + PACKET_BYTES <= bytes.byteSize(); at += strideBytes) {
      scan.packet(at);
    }
    scan.findHolesBesideOtherLosses();
    return new TransportLosses(Set.copyOf(scan.incomplete), scan.beginsTorn, scan.unreadableBefore);
  }

  /// The same where so many packets' bytes in front of all others cannot be read.
  TransportLosses afterUnreadable(int packets) {
    return new TransportLosses(incomplete, beginsTorn, unreadableBefore + packets);
  }

  /// Continuity of one PID.
  private static final class Counter {
    private int last = -1;
    private boolean repeated;
    private long lastAt;

    /// @return whether the packet follows the one before it
    boolean follows(int stated, boolean restarts, long at) {
      boolean repeats = stated == last && !repeated;
      boolean follows = last < 0 || restarts || repeats || stated == (last + 1) % COUNTERS;
      repeated = repeats;
      last = stated;
      lastAt = at;
      return follows;
    }
  }

  /// @param decodeTicks 90 kHz, or [#NO_TIME]
  private record Pes(long at, long decodeTicks) {}

  /// Where packets of another stream are missing.
  private record Elsewhere(long from, long until) {}

  private static final class Scan {
    private final MemorySegment bytes;
    private final int pid;
    private final Set<Long> incomplete = new HashSet<>();
    private final Map<Integer, Counter> counters = new HashMap<>();
    private final List<Pes> pictures = new ArrayList<>();
    private final List<Elsewhere> elsewhere = new ArrayList<>();

    private boolean beginsTorn;
    private int unreadableBefore;

    /// A recorder that starts again counts from zero, first the table of programs.
    private boolean recorderStarted;

    Scan(MemorySegment bytes, int pid) {
      this.bytes = bytes;
      this.pid = pid;
    }

    void packet(long at) {
      if (unsigned(at) != SYNC) {
        unreadableBefore += pictures.isEmpty() ? 1 : 0;
        lost(); // it may have been one of the stream's
        return;
      }
      int head = unsigned(at + 1) << 8 | unsigned(at + 2);
      int control = unsigned(at + 3);
      boolean hasPayload = (control & 0x10) != 0;
      int packetPid = head & 0x1fff;
      if (packetPid == NULL_PID) {
        return;
      }
      boolean startsPes = (head & 0x4000) != 0;
      int stated = control & (COUNTERS - 1);
      boolean restarts =
          (recorderStarted && startsPes && stated == 0)
              || ((control & 0x20) != 0 && unsigned(at + 4) > 0 && (unsigned(at + 5) & 0x80) != 0);
      Counter counter = counters.computeIfAbsent(packetPid, unused -> new Counter());
      long before = counter.lastAt;
      boolean continues = !hasPayload || counter.follows(stated, restarts, at);
      boolean headless = packetPid == pid && hasPayload && !startsPes;
      beginsTorn |= headless && pictures.isEmpty();
      if (packetPid != pid) {
        recorderStarted |= packetPid == PROGRAMS_PID && !continues && stated == 0;
        if (!continues) {
          elsewhere.add(new Elsewhere(before, at));
        }
        return;
      }
      recorderStarted = false;
      if (!continues) {
        lost();
      }
      if (startsPes && (pictures.isEmpty() || hasPayload)) {
        long pes = at + 4 + adaptationBytes(at, control);
        if (isPes(pes)) {
          pictures.add(new Pes(at, decodeTicks(pes)));
        } else {
          lost();
        }
      }
      boolean erroneous = (head & 0x8000) != 0;
      if (erroneous) {
        lost();
      }
    }

    private int adaptationBytes(long at, int control) {
      return (control & 0x20) == 0 ? 0 : 1 + unsigned(at + 4);
    }

    /// Whether the header of a PES packet is as the standard says (§2.4.3.6), up to its times.
    private boolean isPes(long at) {
      if (at + 10 > bytes.byteSize()) {
        return true; // it is cut off
      }
      boolean starts = unsigned(at) == 0 && unsigned(at + 1) == 0 && unsigned(at + 2) == 1;
      boolean marked = unsigned(at + 6) >> 6 == 2;
      int times = unsigned(at + 7) >> 6;
      boolean timed = times == 0 || (unsigned(at + 9) >> 4 == times && (unsigned(at + 9) & 1) == 1);
      return starts && marked && timed && times != 1;
    }

    /// The decoding time in the header of a PES packet (§2.4.3.6), or else its presentation time.
    private long decodeTicks(long pes) {
      if (pes + 19 > bytes.byteSize()) {
        return NO_TIME;
      }
      int times = unsigned(pes + 7) >> 6;
      return switch (times) {
        case 2 -> ticks(pes + 9);
        case 3 -> ticks(pes + 14);
        default -> NO_TIME;
      };
    }

    private long ticks(long at) {
      return (unsigned(at) & 0x0eL) << 29
          | unsigned(at + 1) << 22
          | (unsigned(at + 2) & 0xfeL) << 14
          | unsigned(at + 3) << 7
          | unsigned(at + 4) >> 1;
    }

    void findHolesBesideOtherLosses() {
      if (elsewhere.isEmpty() || pictures.size() < 3) {
        return;
      }
      long[] steps = new long[pictures.size() - 1];
      for (int i = 0; i < steps.length; i++) {
        steps[i] = pictures.get(i + 1).decodeTicks - pictures.get(i).decodeTicks;
      }
      long[] sorted = steps.clone();
      Arrays.sort(sorted);
      long usual = sorted[sorted.length / 2];
      for (int i = 0; i < steps.length; i++) {
        long from = pictures.get(i).at;
        long until = pictures.get(i + 1).at;
        boolean hole = usual > 0 && 2 * steps[i] > 3 * usual;
        if (hole && elsewhere.stream().anyMatch(one -> one.from < until && from < one.until)) {
          incomplete.add(from);
        }
      }
    }

    private void lost() {
      if (pictures.isEmpty()) {
        beginsTorn = true;
      } else {
        incomplete.add(pictures.getLast().at);
      }
    }

    private int unsigned(long at) {
      return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }
  }
}
