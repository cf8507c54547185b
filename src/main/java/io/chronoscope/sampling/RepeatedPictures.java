package io.chronoscope.sampling;

import io.chronoscope.domain.LatestTwo;
import io.chronoscope.domain.Picture;
import java.util.Optional;

/// Scales a picture that equals one of the last two by sharing what that became: in a still scene
/// nearly all do. Holds on to these pictures until it is closed; usable again after that. Not
/// thread-safe.
public final class RepeatedPictures implements FrameResizer, AutoCloseable {

  private final FrameResizer resizer;
  private final LatestTwo<Known> latest = new LatestTwo<>(Known::close);

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
    Optional<Known> known = latest.find(one -> PictureComparison.EXACT.same(one.source, picture));
    if (known.isPresent()) {
      return known.get().sized.share();
    }
    Picture result = resizer.resize(picture);
    latest.add(new Known(picture.share(), result.share()));
    return result;
  }

  /// Forgets the last pictures.
  @Override
  public void close() {
    latest.close();
  }
}
