/// The model shared by many streams. [BatchedModel] is the model as the analysis uses it. In front
/// of the encoder a [Batcher] lets frame pairs wait a short time for others of the same size; in
/// front of the decoder a [ContinuousDecoder] runs a [PromptScheduler], whose prompts join and
/// leave a running batch. Both are fair between streams ([io.chronoscope.fairness.FairQueue]), and
/// both take live work before [Priority#BACKGROUND].
@NullMarked
package io.chronoscope.batching;

import org.jspecify.annotations.NullMarked;
