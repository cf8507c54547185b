/// Work of many streams, put together into batches for the model: items wait at most a short delay
/// for others of their kind, then run together.
@NullMarked
package io.chronoscope.batching;

import org.jspecify.annotations.NullMarked;
