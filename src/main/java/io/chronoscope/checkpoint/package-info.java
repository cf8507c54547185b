/// A checkpoint directory in the Hugging Face layout, read as it was published.
///
/// [Checkpoint#open] is the way in: [ConfigReader] turns `config.json` into [TextConfig],
/// [VisionConfig] and [VisionTokens], [PreprocessorReader] the pixel limits and normalisation,
/// [GenerationDefaults] the stop ids and penalty. [ExpectedTensors] derives from the configuration
/// which tensors must be there, [SafetensorsFile] maps a weight file and checks its header, and
/// [Weights] holds the two against each other. Whatever does not fit is a [CheckpointException]
/// that names the file and the key or tensor.
@NullMarked
package io.chronoscope.checkpoint;

import org.jspecify.annotations.NullMarked;
