/// What a search text says and how well a result fits it, whatever index holds the results.
///
/// [SearchText] parses what somebody typed. [WordAnalysis] turns text into words without endings,
/// [Contrasts] knows words that exclude each other, and [Highlighter] marks the words found.
/// [Relevance] estimates how likely a result is what was meant, and decides what is nothing found;
/// its numbers were fitted on a set of questions of its own. [RankFusion] fuses rankings.
@NullMarked
package io.chronoscope.search.query;

import org.jspecify.annotations.NullMarked;
