package io.chronoscope.decode.container;

import static io.chronoscope.fuzz.Invariants.require;
import static io.chronoscope.fuzz.Invariants.requireText;

import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;

/// Fuzz target: what is read of a container before FFmpeg sees it: boxes of MP4 and their tables,
/// elements of Matroska, packets of transport streams.
public final class MediaStructureFuzz {

  private static final long MAX_FRAMES = 120_000;

  private MediaStructureFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    MemorySegment bytes = MemorySegment.ofArray(input);
    try {
      MediaStructure found = MediaStructure.of(bytes, MAX_FRAMES);
      long media = found.media().byteSize();
      require(media <= input.length, "more media than bytes");
      require(
          found.strayBytes() >= 0 && found.strayBytes() <= input.length - media,
          "%d stray bytes beside %d of %d".formatted(found.strayBytes(), media, input.length));
      if (found.container() == ContainerFormat.MATROSKA) {
        for (MatroskaElements.Range damaged : MatroskaElements.damagedClusters(found.media())) {
          require(
              damaged.from() < damaged.until() && damaged.until() <= media,
              "damage outside of the media: " + damaged);
        }
      }
    } catch (UnreadableMediaException e) {
      requireText(e.rejection().detail());
    }
  }
}
