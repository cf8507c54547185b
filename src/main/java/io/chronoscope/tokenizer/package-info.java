/// Text to token ids and back, by the checkpoint's own `tokenizer.json`.
@NullMarked
package io.chronoscope.tokenizer;

import org.jspecify.annotations.NullMarked;
