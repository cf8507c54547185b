package io.chronoscope.sampling;

import io.chronoscope.domain.Picture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/// Scales a picture that equals one of the last two by sharing what that became: in a still scene
/// nearly all do, and codecs show it as two pictures in turn, one at key frames and one between
/// them. Holds on to these pictures until it is closed; usable again after that. Not thread-safe.
public final class RepeatedPictures implements FrameResizer, AutoCloseable {

  private static final int MOST = 2;

  private final FrameResizer resizer;
  private final Deque<Known> latest = new ArrayDeque<>(MOST);

  private record Known(Picture source, Picture sized) {

    void close() {
      source.close();
      sized.close();
    }
  }

  /// @param resizer scales the pictures that differ
  public RepeatedPictures(FrameResizer resizer) {
    this.resizer = resizer;
  }

  @Override
  public Picture resize(Picture picture) {
    for (Iterator<Known> each = latest.iterator(); each.hasNext(); ) {
      Known known = each.next();
      if (PictureComparison.EXACT.same(known.source, picture)) {
        each.remove();
        latest.addFirst(known);
        return known.sized.share();
      }
    }
    Picture result = resizer.resize(picture);
    if (latest.size() == MOST) {
      latest.removeLast().close();
    }
    latest.addFirst(new Known(picture.share(), result.share()));
    return result;
  }

  /// Forgets the last pictures.
  @Override
  public void close() {
    latest.forEach(Known::close);
    latest.clear();
  }
}
