/// The layers that encoder and decoder are built from, written into an ONNX graph: [Linear] and
/// [LinearGroup], [RmsNorm], [SwiGlu] and the [TransformerBlock] that joins them with an attention
/// along the [Residual] stream.
@NullMarked
package io.chronoscope.qwen.layer;

import org.jspecify.annotations.NullMarked;
