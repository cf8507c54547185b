package io.chronoscope.decode.container;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The packets of an MPEG transport stream (ISO/IEC 13818-1 §2.4.3), as far as their headers show
/// whether they can be read.
public final class TransportPackets {

  /// Packets in a row after which foreign bytes are taken for a transport stream.
  static final int SURE = 5;

  private static final int SYNC = 0x47;
  private static final int PIDS = 1 << 13;
  private static final int[] SIZES = {188, 192, 204};

  private final int[] packets = new int[PIDS];
  private final int[] scrambled = new int[PIDS];
  private final MemorySegment whole;
  private final int size;
  private final long first;
  private final long strayBytes;
  private final long bytesBefore;

  /// @param bytesBefore foreign bytes in front of `bytes`, which may have been packets
  /// @throws UnreadableMediaException NOT_MEDIA when these are not transport packets
  TransportPackets(MemorySegment bytes, long bytesBefore) throws UnreadableMediaException {
    this.bytesBefore = bytesBefore;
    this.size = packetBytes(bytes, 2);
    if (size == 0) {
      throw new UnreadableMediaException(Reason.NOT_MEDIA, "it has no transport packets");
    }
    this.first = firstByte(size);
    for (long at = first; at + 188 <= bytes.byteSize(); at += size) {
      if (unsigned(bytes, at) != SYNC) {
        continue; // the demuxer finds the next one
      }
      int pid = (unsigned(bytes, at + 1) & 0x1f) << 8 | unsigned(bytes, at + 2);
      packets[pid]++;
      if ((unsigned(bytes, at + 3) & 0xc0) != 0) {
        scrambled[pid]++;
      }
    }
    this.strayBytes = bytes.byteSize() % size;
    this.whole = bytes.asSlice(0, bytes.byteSize() - strayBytes);
  }

  /// Transport packet size: 188, 192 with time codes, or 204 with check bytes; 0 when these are not
  /// transport packets.
  ///
  /// @param atLeast packets in a row, when fewer than [#SURE] are there at all
  static int packetBytes(MemorySegment bytes, int atLeast) {
    return Arrays.stream(SIZES).filter(size -> isRow(bytes, size, atLeast)).findFirst().orElse(0);
  }

  private static boolean isRow(MemorySegment bytes, int size, int atLeast) {
    long at = firstByte(size);
    int seen = 0;
    while (seen < SURE && at < bytes.byteSize() && unsigned(bytes, at) == SYNC) {
      seen++;
      at += size;
    }
    return seen == SURE || (seen >= atLeast && at >= bytes.byteSize());
  }

  /// A time code is in front of its packet.
  private static long firstByte(int size) {
    return size == 192 ? 4 : 0;
  }

  private static int unsigned(MemorySegment bytes, long at) {
    return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }

  /// Bytes at the end that are no whole packet.
  long strayBytes() {
    return strayBytes;
  }

  /// What is missing of an elementary stream.
  public TransportLosses losses(int pid) {
    return TransportLosses.find(whole, first, size, pid)
        .afterUnreadable((int) Math.min(bytesBefore / size, Integer.MAX_VALUE));
  }

  /// Whether most of a stream's packets are encrypted.
  public boolean isScrambled(int pid) {
    return pid >= 0 && pid < PIDS && 2 * scrambled[pid] > packets[pid];
  }
}
