/// Reads a checkpoint directory in the Hugging Face layout, as published.
///
/// [Checkpoint#open] is the entry point. [ConfigReader] reads `config.json` into [TextConfig],
/// [VisionConfig] and [VisionTokens]; [PreprocessorReader] reads the pixel limits and
/// normalization; [GenerationDefaults] are the stop tokens and the repetition penalty;
/// [CheckpointHints] are recommendations for streams. [ExpectedTensors] derives from the
/// configuration which tensors must be present, [SafetensorsFile] maps a weight file and validates
/// its header, and [Weights] checks one against the other. Whatever does not fit is a
/// [CheckpointException] that names the file and the key or tensor.
@NullMarked
package io.chronoscope.checkpoint;

import org.jspecify.annotations.NullMarked;
