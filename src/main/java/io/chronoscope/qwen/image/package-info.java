/// Prepares frames for the encoder, in plain Java: [FrameSelection] selects frames of a whole file
/// (streams are sampled by time instead), [VideoPixels] and [SmartResize] choose the size, and
/// [BicubicResize] scales.
///
/// Follows the published reference (Qwen2.5-VL, arXiv 2502.13923; `qwen-vl-utils`); golden tests
/// compare with it.
@NullMarked
package io.chronoscope.qwen.image;

import org.jspecify.annotations.NullMarked;
