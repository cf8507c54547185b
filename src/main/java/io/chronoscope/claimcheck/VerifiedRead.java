package io.chronoscope.claimcheck;

import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.StreamInput.Media;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Reads as many bytes as a reference states, never more than one beyond, and holds them to its
/// digest.
final class VerifiedRead {

  private static final int PORTION_BYTES = 64 * 1024;

  private VerifiedRead() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// @param deadlineNanos of `pacing`
  /// @throws UnreadableMediaException when size or digest are others
  /// @throws IOException when reading broke off, or took too long
  static byte[] read(
      Media.Reference reference, MediaSource.Opened opened, Pacing pacing, long deadlineNanos)
      throws UnreadableMediaException, IOException {
    long stated = reference.sizeBytes();
    if (opened.sizeBytes().isPresent() && opened.sizeBytes().getAsLong() != stated) {
      throw mismatch(reference, "has " + opened.sizeBytes().getAsLong() + " bytes, not " + stated);
    }
    byte[] bytes = new byte[Math.toIntExact(stated)];
    MessageDigest digest = sha256();
    int length = 0;
    while (length < bytes.length) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted");
      }
      if (pacing.nanoTime() - deadlineNanos > 0) {
        throw new IOException("only %d of %d bytes came in time".formatted(length, stated));
      }
      int read = opened.bytes().read(bytes, length, Math.min(PORTION_BYTES, bytes.length - length));
      if (read < 0) {
        if (opened.sizeBytes().isPresent()) {
          throw new IOException("broke off after %d of %d bytes".formatted(length, stated));
        }
        throw mismatch(reference, "has " + length + " bytes, not " + stated);
      }
      digest.update(bytes, length, read);
      length += read;
    }
    if (opened.bytes().read() >= 0) {
      throw mismatch(reference, "has more than " + stated + " bytes");
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(reference.sha256())) {
      throw mismatch(reference, "has the SHA-256 " + found + ", not " + reference.sha256());
    }
    return bytes;
  }

  private static UnreadableMediaException mismatch(Media.Reference reference, String how) {
    return new UnreadableMediaException(Reason.REFERENCE_MISMATCH, reference.uri() + " " + how);
  }
}
