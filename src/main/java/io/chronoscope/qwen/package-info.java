/// Qwen2.5-VL from a checkpoint directory, behind the port of `vlm`.
///
/// [Qwen25Vl] opens the checkpoint and connects the parts: `qwen.image` prepares frames,
/// `qwen.encoder` turns them into embeddings, `qwen.prompt` lays out the chat, `qwen.decoder`
/// generates text. `qwen.position` computes windows and rotary positions, `qwen.layer` has the
/// layers that both graphs are built from, and `qwen.weights` adds the checkpoint's tensors to the
/// graphs. [VideoQuestion] answers one question about some frames and reports what can be compared
/// with the reference.
@NullMarked
package io.chronoscope.qwen;

import org.jspecify.annotations.NullMarked;
