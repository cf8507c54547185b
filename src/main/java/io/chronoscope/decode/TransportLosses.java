package io.chronoscope.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;

/// Which PES packets of one elementary stream lack transport packets, by the transport stream's own
/// counters and error marks (ISO/IEC 13818-1 §2.4.3). FFmpeg's demuxer joins what is left to
/// packets that look whole.
///
/// @param incomplete positions in the segment at which such PES packets start, as in
///   `AVPacket.pos`. What was lost may also be whole PES packets right after one of them
record TransportLosses(Set<Long> incomplete) {

  static final TransportLosses NONE = new TransportLosses(Set.of());

  private static final int PACKET_BYTES = 188;
  private static final byte SYNC = 0x47;
  private static final int COUNTERS = 16;
  private static final int PROGRAMS_PID = 0;

  /// @param firstByte position of the first sync byte
  /// @param strideBytes from one packet to the next: 188, 192 or 204
  /// @param pid of the elementary stream
  static TransportLosses find(MemorySegment bytes, long firstByte, int strideBytes, int pid) {
    Scan scan = new Scan(pid);
    for (long at = firstByte; at + PACKET_BYTES <= bytes.byteSize(); at += strideBytes) {
      scan.packet(bytes, at);
    }
    return new TransportLosses(Set.copyOf(scan.incomplete));
  }

  private static final class Scan {
    private final int pid;
    private final Set<Long> incomplete = new HashSet<>();
    private long pesStart = -1;
    private int counter = -1;
    private boolean repeated;
    private int programsCounter = -1;

    /// A recorder that starts again counts from zero, first the table of programs.
    private boolean recorderStarted;

    Scan(int pid) {
      this.pid = pid;
    }

    void packet(MemorySegment bytes, long at) {
      if (bytes.get(ValueLayout.JAVA_BYTE, at) != SYNC) {
        lost(); // it may have been one of the stream's
        return;
      }
      int head = unsigned(bytes, at + 1) << 8 | unsigned(bytes, at + 2);
      int control = unsigned(bytes, at + 3);
      if ((head & 0x1fff) == PROGRAMS_PID) {
        programs(control & (COUNTERS - 1));
      }
      if ((head & 0x1fff) != pid) {
        return;
      }
      boolean hasPayload = (control & 0x10) != 0;
      boolean adapted = (control & 0x20) != 0;
      boolean startsPes = (head & 0x4000) != 0;
      int stated = control & (COUNTERS - 1);
      boolean restarts =
          (recorderStarted && startsPes && stated == 0)
              || (adapted && unsigned(bytes, at + 4) > 0 && (unsigned(bytes, at + 5) & 0x80) != 0);
      recorderStarted = false;
      boolean repeats = stated == counter && !repeated;
      boolean follows = counter < 0 || repeats || stated == (counter + 1) % COUNTERS;
      if (hasPayload && !restarts && !follows) {
        lost();
      }
      if (startsPes && !repeats) {
        pesStart = at;
      }
      boolean erroneous = (head & 0x8000) != 0;
      if (erroneous) {
        lost();
      }
      if (hasPayload) {
        repeated = repeats;
        counter = stated;
      }
    }

    private void programs(int stated) {
      boolean follows =
          stated == programsCounter || stated == (programsCounter + 1) % COUNTERS;
      recorderStarted |= programsCounter >= 0 && !follows && stated == 0;
      programsCounter = stated;
    }

    private void lost() {
      if (pesStart >= 0) {
        incomplete.add(pesStart);
      }
    }

    private static int unsigned(MemorySegment bytes, long at) {
      return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }
  }
}
