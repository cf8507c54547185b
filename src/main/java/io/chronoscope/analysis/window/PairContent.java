package io.chronoscope.analysis.window;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.domain.Sha256;
import io.chronoscope.sampling.FramePairs;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/// What the embeddings of a frame pair depend on: its pixels, by their SHA-256, and the size at
/// which the model is given them. Pairs of the same content have the same embeddings, however far
/// apart they are: a camera that is encoded with key frames shows one picture at these and another
/// one between them, again and again.
///
/// @param stream whose pair it is; streams do not share
/// @param digest of sizes and pixels of both pictures, hexadecimal
record PairContent(String stream, String digest, FrameSize size) {

  static PairContent of(String stream, FramePairs.Pair pair, FrameSize size) {
    MessageDigest digest = Sha256.digest();
    update(digest, pair.first().picture());
    update(digest, pair.second().picture());
    return new PairContent(stream, HexFormat.of().formatHex(digest.digest()), size);
  }

  private static void update(MessageDigest digest, Picture picture) {
    digest.update(
        ByteBuffer.allocate(2 * Integer.BYTES)
            .putInt(picture.widthPx())
            .putInt(picture.heightPx())
            .flip());
    digest.update(picture.rgb().asByteBuffer());
  }
}
