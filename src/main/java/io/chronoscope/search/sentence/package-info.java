/// Sentence embeddings: [SentenceEncoder] runs all-MiniLM-L6-v2, whose files come with a
/// dependency, and [RememberedEmbeddings] keeps what was computed.
@NullMarked
package io.chronoscope.search.sentence;

import org.jspecify.annotations.NullMarked;
