/// Qwen2.5-VL from a checkpoint directory, behind the port of `vlm`.
///
/// [Qwen25Vl] opens the checkpoint and ties the parts together: `qwen.image` prepares frames,
/// `qwen.encoder` turns them into embeddings, `qwen.position` computes windows and rotary
/// positions, `qwen.decoder` generates text, `qwen.weights` puts the checkpoint's tensors into the
/// graphs. [VideoQuestion] asks one question about some frames and reports everything that the
/// reference can be compared on.
@NullMarked
package io.chronoscope.qwen;

import org.jspecify.annotations.NullMarked;
