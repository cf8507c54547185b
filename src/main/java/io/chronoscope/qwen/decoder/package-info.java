/// The text decoder: from a prompt laid out by `qwen.prompt` to generated tokens.
///
/// [Decoder] groups requests into batches and runs each as a [DecodeBatch] over [DecoderInputs].
/// [DecoderGraph] builds one ONNX graph whose loop does prefill and many decode steps in one run;
/// its steps are [DecoderLayers] (the transformer, with a [DecoderAttention] over the KV cache and
/// [DecoderRotary]) and [GreedySelection].
@NullMarked
package io.chronoscope.qwen.decoder;

import org.jspecify.annotations.NullMarked;
