/// The vision encoder: [VisionEncoder] runs the graph that [EncoderGraph] builds on
/// [EncoderInputs]. [WindowAttention] is the attention of most of its blocks.
@NullMarked
package io.chronoscope.qwen.encoder;

import org.jspecify.annotations.NullMarked;
