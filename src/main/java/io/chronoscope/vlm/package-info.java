/// The port to the vision-language model: frame pairs in, embeddings out; prompts in, text out.
/// `qwen` implements it; everything above depends only on [VideoLanguageModel], and on [Decoding]
/// for prompts that are answered step by step.
@NullMarked
package io.chronoscope.vlm;

import org.jspecify.annotations.NullMarked;
