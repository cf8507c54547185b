/// Token grids, attention windows and rotary positions: [TokenGrid] is the size of a frame in
/// tokens; [WindowPartition] and [Rotary2d] are the encoder's windows and rotary angles;
/// [MropePositions] assigns a prompt's tokens their positions in time, height and width, and
/// [MropeRotary] the decoder's rotary frequencies to these axes.
///
/// Follows the published reference (Qwen2.5-VL, arXiv 2502.13923; `transformers`,
/// models/qwen2_5_vl); golden tests compare with it.
@NullMarked
package io.chronoscope.qwen.position;

import org.jspecify.annotations.NullMarked;
