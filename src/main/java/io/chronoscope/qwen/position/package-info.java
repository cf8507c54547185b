/// Positions and attention windows: [TokenGrid] is the size of a frame in tokens, [WindowPartition]
/// and [Rotary2d] are the encoder's windows and rotary angles, [MropePositions] places the tokens
/// of a prompt in time, height and width, and [MropeRotary] turns the places into the decoder's
/// rotary angles.
///
/// Follows the published reference (Qwen2.5-VL, arXiv 2502.13923; `transformers`,
/// models/qwen2_5_vl); golden tests hold it there.
@NullMarked
package io.chronoscope.qwen.position;

import org.jspecify.annotations.NullMarked;
