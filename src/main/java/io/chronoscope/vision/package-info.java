/// The arithmetic around the network, in plain Java: what Qwen2.5-VL expects of frames and
/// positions.
///
/// The way of a video: [FrameSelection] says which frames (for whole files; streams sample by
/// time), [VideoPixels] and [SmartResize] how large, [BicubicResize] scales them. [TokenGrid] is a
/// frame's size in tokens, [WindowOrder] and [Rotary2d] are what the encoder needs to know about
/// it, [PatchLayout] the layout it computes on. [MropePositions] places the tokens of a whole
/// prompt and [MropeRotary] turns the places into rotary angles for the decoder.
///
/// All of it follows the published reference (Qwen2.5-VL, arXiv 2502.13923; `qwen-vl-utils`;
/// `transformers`, models/qwen2_5_vl), which the golden tests hold it to.
@NullMarked
package io.chronoscope.vision;

import org.jspecify.annotations.NullMarked;
