/// Frame sampling: which frames, at which absolute times, at which rate.
///
/// A [io.chronoscope.sampling.FrameSampler] behind the decoder samples the frame displayed at each
/// time of a [io.chronoscope.sampling.SampleGrid] at the highest rate, scaled to the size that
/// [io.chronoscope.sampling.FrameBudget] allows. Once a window is complete, an
/// [io.chronoscope.sampling.ActivityMeter] measures the changes between these candidates,
/// [io.chronoscope.sampling.FpsPolicy] chooses the rate, and [io.chronoscope.sampling.FramePairs]
/// pairs the selected frames for the encoder.
@NullMarked
package io.chronoscope.sampling;

import org.jspecify.annotations.NullMarked;
