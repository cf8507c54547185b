package io.chronoscope.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Changes inputs without knowing what they mean.
public final class Mutations {

  private static final List<String> TELLING =
      List.of("-1", "0", "9223372036854775807", "18446744073709551616", "1e999", "null", "\"", "[");

  private final List<byte[]> originals;
  private final Random random;

  /// @param originals at least one
  public Mutations(List<byte[]> originals, Random random) {
    this.originals = List.copyOf(originals);
    this.random = random;
  }

  /// One of the originals, changed in one to four places.
  public byte[] next() {
    byte[] bytes = any().clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes = mutate(bytes);
    }
    return bytes;
  }

  /// One of the originals with other bytes in one to four places, so that what declares lengths
  /// stays right more often.
  public byte[] nextOfSameLength() {
    byte[] bytes = any().clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      int length = Math.min(bytes.length - at, 1 + random.nextInt(16));
      switch (random.nextInt(3)) {
        case 0 -> randomize(bytes, at, length);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        default ->
            System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
      }
    }
    return bytes;
  }

  private void randomize(byte[] bytes, int at, int length) {
    for (int i = at; i < at + length; i++) {
      bytes[i] = (byte) random.nextInt();
    }
  }

  private byte[] any() {
    return originals.get(random.nextInt(originals.size()));
  }

  private byte[] mutate(byte[] bytes) {
    int at = random.nextInt(bytes.length + 1);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(32));
    return switch (random.nextInt(7)) {
      case 0 -> {
        randomize(bytes, at, length);
        yield bytes;
      }
      case 1 -> {
        if (at < bytes.length) {
          bytes[at] ^= (byte) (1 << random.nextInt(8));
        }
        yield bytes;
      }
      case 2 -> joined(bytes, at, new byte[0], at + length);
      case 5 -> Arrays.copyOf(bytes, at);
      case 3 -> joined(bytes, at, Arrays.copyOfRange(bytes, at, at + length), at);
      case 4 -> {
        byte[] other = any();
        int from = random.nextInt(other.length + 1);
        int until = Math.min(other.length, from + 1 + random.nextInt(64));
        yield joined(bytes, at, Arrays.copyOfRange(other, from, until), at);
      }
      default -> {
        String telling = TELLING.get(random.nextInt(TELLING.size()));
        yield joined(bytes, at, telling.getBytes(StandardCharsets.US_ASCII), at + length);
      }
    };
  }

  private static byte[] joined(byte[] bytes, int until, byte[] between, int from) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.write(bytes, 0, until);
    joined.writeBytes(between);
    joined.write(bytes, from, bytes.length - from);
    return joined.toByteArray();
  }
}
