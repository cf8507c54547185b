/// Converts text to token ids and back with the checkpoint's own `tokenizer.json`.
@NullMarked
package io.chronoscope.tokenizer;

import org.jspecify.annotations.NullMarked;
