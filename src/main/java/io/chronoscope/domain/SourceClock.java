package io.chronoscope.domain;

/// The clock that a live chunk's absolute time comes from; stated in its record.
public enum SourceClock {
  /// RTCP sender reports of an RTSP source, which relate stream time to the camera's own clock.
  RTCP("rtcp"),
  /// `EXT-X-PROGRAM-DATE-TIME` of an HLS playlist.
  PROGRAM_DATE_TIME("program-date-time"),
  /// When a file was last modified, which is when it was completed.
  FILE("file"),
  /// When the video arrived here.
  ARRIVAL("arrival");

  private final String id;

  SourceClock(String id) {
    this.id = id;
  }

  /// As in the record's header `ce_clock`.
  public String id() {
    return id;
  }

  /// Whether the source itself states the time.
  public boolean isOfSource() {
    return this != ARRIVAL;
  }
}
