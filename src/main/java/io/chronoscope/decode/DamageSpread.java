package io.chronoscope.decode;

import io.chronoscope.decode.bitstream.Dependence;
import org.bytedeco.ffmpeg.global.avutil;

/// Follows damage from packet to packet in decoding order: a frame that depends on a damaged one is
/// damaged as well, up to the next packet that depends on nothing.
final class DamageSpread {

  private boolean spreading;

  /// Frames that are displayed before this time depend on what was before the last packet that
  /// depends on nothing (leading frames).
  private long leadingBeforeTicks = Long.MIN_VALUE;

  private int framesUntilRefreshed;

  /// Goes on to the next packet.
  ///
  /// @param ptsTicks presentation time, or `AV_NOPTS_VALUE`
  /// @return whether its frame depends on damage before it
  boolean reaches(Dependence dependence, long ptsTicks) {
    boolean before = spreading || isLeading(ptsTicks);
    return switch (dependence) {
      case Dependence.Nothing unused -> {
        leadingBeforeTicks = spreading ? ptsTicks : Long.MIN_VALUE;
        spreading = false;
        framesUntilRefreshed = 0;
        yield false;
      }
      case Dependence.RefreshedAfter refreshed -> {
        if (spreading && framesUntilRefreshed == 0) {
          framesUntilRefreshed = refreshed.frames();
        } else {
          refresh();
        }
        yield before;
      }
      case Dependence.Before unused -> {
        refresh();
        yield spreading || isLeading(ptsTicks);
      }
      case Dependence.BeforeOnly unused -> before;
    };
  }

  private boolean isLeading(long ptsTicks) {
    return ptsTicks != avutil.AV_NOPTS_VALUE && ptsTicks < leadingBeforeTicks;
  }

  private void refresh() {
    if (framesUntilRefreshed > 0 && --framesUntilRefreshed == 0) {
      spreading = false;
    }
  }

  /// The packet that was reached last is damaged itself.
  void startAt(Dependence dependence) {
    switch (dependence) {
      case Dependence.Nothing unused -> startAfter();
      case Dependence.Before unused -> startAfter();
      case Dependence.RefreshedAfter unused -> startAfter();
      case Dependence.BeforeOnly unused -> {}
    }
  }

  /// Packets after the one that was reached last may be missing.
  void startAfter() {
    spreading = true;
    framesUntilRefreshed = 0;
  }

  boolean isSpreading() {
    return spreading;
  }
}
