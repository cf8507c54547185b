/// The vision-language model behind one interface: frame pairs in, embeddings out; prompts in, text
/// out.
@NullMarked
package io.chronoscope.vlm;

import org.jspecify.annotations.NullMarked;
