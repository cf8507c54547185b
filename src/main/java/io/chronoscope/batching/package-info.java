/// Batches the work of many streams for the model. [BatchedModel] is the model as the analysis uses
/// it; a [Batcher] lets items wait a short time for others with the same key and runs them
/// together, live ones before [Priority#BACKGROUND] ones.
@NullMarked
package io.chronoscope.batching;

import org.jspecify.annotations.NullMarked;
