/// From frames to the pixels that the encoder expects, in plain Java: [FrameSelection] picks frames
/// of a whole file (streams sample by time instead), [VideoPixels] and [SmartResize] choose the
/// size, [BicubicResize] scales.
///
/// Follows the published reference (Qwen2.5-VL, arXiv 2502.13923; `qwen-vl-utils`); golden tests
/// hold it there.
@NullMarked
package io.chronoscope.qwen.image;

import org.jspecify.annotations.NullMarked;
