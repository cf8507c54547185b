/// The vision encoder: [VisionEncoder] runs the graph that [EncoderGraph] writes.
@NullMarked
package io.chronoscope.qwen.encoder;

import org.jspecify.annotations.NullMarked;
