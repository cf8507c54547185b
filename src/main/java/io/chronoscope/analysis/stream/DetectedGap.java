package io.chronoscope.analysis.stream;

import io.chronoscope.domain.Result.Gap.Cause;
import java.time.Instant;

/// A range of absolute time without video, not published yet.
record DetectedGap(Instant from, Instant until, Cause cause, String detail) {}
