package io.chronoscope.live;

import io.chronoscope.domain.SourceClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32;

/// A chunk as it lies in a [Spool]: its times and kind, a checksum, its media. Stream and number
/// are those of directory and file.
final class ChunkFile {

  private static final int MAGIC = 0x43485331;

  private ChunkFile() {}

  static byte[] write(SpooledChunk chunk) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(chunk.media().length + 256);
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(MAGIC);
    out.writeLong(chunk.start().getEpochSecond());
    out.writeInt(chunk.start().getNano());
    out.writeLong(chunk.duration().toNanos());
    out.writeUTF(chunk.contentType());
    out.writeUTF(chunk.clock().name());
    out.writeLong(crc(chunk.media()));
    out.writeInt(chunk.media().length);
    out.write(chunk.media());
    return bytes.toByteArray();
  }

  /// @throws IOException when it is damaged
  static SpooledChunk read(String stream, long sequence, byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC) {
        throw new IOException("it is no chunk");
      }
      Instant start = Instant.ofEpochSecond(in.readLong(), in.readInt());
      Duration duration = Duration.ofNanos(in.readLong());
      String contentType = in.readUTF();
      SourceClock clock = SourceClock.valueOf(in.readUTF());
      long crc = in.readLong();
      byte[] media = new byte[Math.min(in.readInt(), in.available())];
      in.readFully(media);
      if (crc(media) != crc) {
        throw new IOException("its checksum is wrong");
      }
      return new SpooledChunk(stream, sequence, start, duration, contentType, clock, media);
    } catch (IllegalArgumentException | NegativeArraySizeException e) {
      throw new IOException("it is no chunk", e);
    }
  }

  private static long crc(byte[] media) {
    CRC32 crc = new CRC32();
    crc.update(media);
    return crc.getValue();
  }
}
