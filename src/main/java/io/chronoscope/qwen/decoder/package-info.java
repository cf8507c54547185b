/// The text decoder: from a prompt laid out by `qwen.prompt` to generated tokens.
///
/// [Decoder] has two forms. [StepDecoder] runs [StepGraph], one step at a time over a [KvCache]: a
/// [StepBatch] prefills each [StepSequence] part by part, continues a beginning from the
/// [PrefixCache] where there is one, and decodes sequences of similar length together in a
/// [RunningBatch], or verifies draft tokens of a [Drafter] where one decodes alone. [LoopDecoder]
/// groups requests into batches and runs each as a [DecodeBatch] over [DecoderInputs]; its
/// [DecoderGraph] has a loop that does prefill and many decode steps in one run. The steps of both
/// are [DecoderLayers] (the transformer, with a [DecoderAttention] over the KV cache and
/// [DecoderRotary]) and [GreedySelection].
@NullMarked
package io.chronoscope.qwen.decoder;

import org.jspecify.annotations.NullMarked;
