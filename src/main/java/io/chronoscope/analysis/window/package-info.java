/// One window: choose frames, encode them, ask the model, parse the answer. [WindowAnalyzer] is the
/// way in; [EmbeddingCache] keeps encoded frame pairs for the next window, rules and questions.
@NullMarked
package io.chronoscope.analysis.window;

import org.jspecify.annotations.NullMarked;
