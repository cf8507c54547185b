/// From a prompt to generated tokens.
///
/// [ChatPrompt] lays the parts of a prompt out as token ids with their positions. [DecoderGraph]
/// writes the decoder as one ONNX graph whose loop runs prefill and many decode steps at once;
/// [Decoder] runs it for batches of prompts and hands out the tokens.
@NullMarked
package io.chronoscope.generation;

import org.jspecify.annotations.NullMarked;
