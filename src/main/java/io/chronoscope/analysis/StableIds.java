package io.chronoscope.analysis;

import io.chronoscope.domain.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Derives ids from what they identify, so that analyzing the same video again yields the same ids.
public final class StableIds {

  private StableIds() {}

  /// @return the kind and the first 12 bytes of a SHA-256 over the parts, as `evt-0123…`
  public static String of(String kind, Object... parts) {
    MessageDigest digest = Sha256.digest();
    for (Object part : parts) {
      byte[] bytes = part.toString().getBytes(StandardCharsets.UTF_8);
      // The length keeps "ab","c" apart from "a","bc".
      digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }
    return kind + "-" + HexFormat.of().formatHex(digest.digest(), 0, 12);
  }
}
