package io.chronoscope.checkpoint;

import io.chronoscope.domain.Sha256;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/// A short digest that distinguishes checkpoints of the same name without reading gigabytes:
/// SHA-256 over the configuration, the weight files' headers and a few bytes of each tensor.
final class Revision {

  private static final int SAMPLE_BYTES = 64;
  private static final int DIGITS = 12;

  private Revision() {}

  static String of(Path configFile, Weights weights) {
    MessageDigest digest = Sha256.digest();
    try {
      digest.update(Files.readAllBytes(configFile));
    } catch (IOException e) {
      throw new CheckpointException(configFile, "cannot be read: " + e.getMessage(), e);
    }
    for (SafetensorsFile file : weights.files()) {
      digest.update(file.header().asByteBuffer());
      for (SafetensorsFile.Entry entry : file.entries()) {
        MemorySegment data = entry.data();
        long middle = data.byteSize() / 2;
        digest.update(
            data.asSlice(middle, Math.min(SAMPLE_BYTES, data.byteSize() - middle)).asByteBuffer());
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
  }
}
