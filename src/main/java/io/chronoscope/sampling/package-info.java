/// Which frames, at which absolute times, how many a second.
///
/// The route: a [io.chronoscope.sampling.FrameSampler] sits behind the decoder and takes, for each
/// time of a [io.chronoscope.sampling.SampleGrid] at the highest rate, the frame that is on screen
/// then, resized and with its activity measured. When a window is complete, the
/// [io.chronoscope.sampling.FpsPolicy] says how many of these candidates the model gets to see, and
/// [io.chronoscope.sampling.FramePairs] puts them together as the encoder takes them.
@NullMarked
package io.chronoscope.sampling;

import org.jspecify.annotations.NullMarked;
