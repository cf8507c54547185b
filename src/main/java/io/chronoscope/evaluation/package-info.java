/// Scores what the program reports. [Comparison] matches a video's reported events one to one to
/// its [GroundTruth], by what they name ([Subject]) and when it happens
/// ([io.chronoscope.domain.TemporalIou]); [Score] sums up many videos with the metrics of the
/// Charades-STA benchmark, [Reliability] says whether confidence and tolerance hold, and [Loss]
/// which stage lost what. [Difference] compares the results of two analyses of the same video.
@NullMarked
package io.chronoscope.evaluation;

import org.jspecify.annotations.NullMarked;
