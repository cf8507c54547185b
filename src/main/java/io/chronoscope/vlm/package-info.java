/// The vision-language model behind one interface: frame pairs in, embeddings out; prompts in, text
/// out.
///
/// [Qwen25Vl] is that model from a checkpoint directory: [VisionEncoder] runs the graph that
/// [EncoderGraph] writes, `generation` does the rest. [VideoQuestion] is the short way for one
/// question about some frames, with everything there is to know about how it was answered.
@NullMarked
package io.chronoscope.vlm;

import org.jspecify.annotations.NullMarked;
