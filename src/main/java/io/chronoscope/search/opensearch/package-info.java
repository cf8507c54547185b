/// The index in OpenSearch, for those who outgrow one machine.
///
/// [OpenSearchIndex] follows the topics as the index in Lucene does: `IndexUpdates` writes,
/// `ResultQueries`, `RankedSearch` and `StreamCounts` answer. `index.json` is the mapping and
/// `ResultDocument` what lies in it; `StateDocument` says where the index stands, and `WriterClaim`
/// which process writes it. Texts are taken apart into words here, and rankings are fused here, so
/// that both kinds of index find the same.
@NullMarked
package io.chronoscope.search.opensearch;

import org.jspecify.annotations.NullMarked;
