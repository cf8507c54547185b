package io.chronoscope.cli.bench.engine;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.vlm.FramePair;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Pictures of noise, to measure work that does not depend on their content. Owns them.
record TestPictures(List<Picture> pictures) implements AutoCloseable {

  TestPictures {
    pictures = List.copyOf(pictures);
  }

  static TestPictures of(FrameSize size, int count) {
    Random random = new Random(7);
    byte[] rgb = new byte[3 * size.widthPx() * size.heightPx()];
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      random.nextBytes(rgb);
      Picture picture = Picture.allocate(size.widthPx(), size.heightPx());
      picture.rgb().copyFrom(MemorySegment.ofArray(rgb));
      pictures.add(picture);
    }
    return new TestPictures(pictures);
  }

  /// Consecutive pictures as pairs.
  List<FramePair> pairs() {
    List<FramePair> pairs = new ArrayList<>();
    for (int i = 0; i + 1 < pictures.size(); i += 2) {
      pairs.add(new FramePair(pictures.get(i), pictures.get(i + 1)));
    }
    return pairs;
  }

  @Override
  public void close() {
    pictures.forEach(Picture::close);
  }
}
