package io.chronoscope.claimcheck;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Sha256;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/// Reads the number of bytes that a reference states, at most one more, and verifies their digest.
final class VerifiedRead {

  private static final int BLOCK_BYTES = 64 * 1024;

  private VerifiedRead() {}

  /// Memory grows with what arrives, whatever the reference states.
  ///
  /// @param deadlineNanos on `clock`; later by the time that `fetch` waits for memory
  /// @throws UnreadableMediaException REFERENCE_MISMATCH when size or digest differ from the
  ///   reference
  /// @throws IOException when the connection breaks or the deadline passes; a retry may succeed
  static byte[] read(
      Media.Reference reference,
      MediaSource.OpenMedia media,
      RetryClock clock,
      long deadlineNanos,
      ArrivedBytes.Fetch fetch)
      throws UnreadableMediaException, IOException {
    long deadline = deadlineNanos;
    long stated = reference.sizeBytes();
    if (media.sizeBytes().isPresent() && media.sizeBytes().getAsLong() != stated) {
      throw mismatch(reference, "has " + media.sizeBytes().getAsLong() + " bytes, not " + stated);
    }
    int size = Math.toIntExact(stated);
    byte[] bytes = new byte[Math.min(size, BLOCK_BYTES)];
    MessageDigest digest = Sha256.digest();
    int length = 0;
    while (length < size) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted");
      }
      if (clock.nanoTime() - deadline > 0) {
        throw new IOException("received only %d of %d bytes in time".formatted(length, stated));
      }
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(size, 2L * length));
      }
      int read = media.bytes().read(bytes, length, Math.min(BLOCK_BYTES, bytes.length - length));
      if (read < 0) {
        if (media.sizeBytes().isPresent()) {
          throw new IOException(
              "the connection broke after %d of %d bytes".formatted(length, stated));
        }
        throw mismatch(reference, "has " + length + " bytes, not " + stated);
      }
      deadline += waitForMemory(fetch, read);
      digest.update(bytes, length, read);
      length += read;
    }
    if (media.bytes().read() >= 0) {
      throw mismatch(reference, "has more than " + stated + " bytes");
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(reference.sha256())) {
      throw mismatch(reference, "has the SHA-256 " + found + ", not " + reference.sha256());
    }
    return bytes;
  }

  private static long waitForMemory(ArrivedBytes.Fetch fetch, int arrived)
      throws InterruptedIOException {
    try {
      return fetch.add(arrived);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private static UnreadableMediaException mismatch(Media.Reference reference, String how) {
    return new UnreadableMediaException(Reason.REFERENCE_MISMATCH, reference.uri() + " " + how);
  }
}
