/// From a prompt to generated tokens.
///
/// [ChatPrompt] lays out the parts of a prompt as token ids with their positions. [DecoderGraph]
/// writes the decoder as one ONNX graph whose loop runs prefill and many decode steps at once;
/// [Decoder] runs it for batches of prompts and returns the tokens.
@NullMarked
package io.chronoscope.qwen.decoder;

import org.jspecify.annotations.NullMarked;
