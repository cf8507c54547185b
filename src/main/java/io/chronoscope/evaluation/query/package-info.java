/// Queries with known answers: the set ([QuerySet]), the score of its answers ([QueryScore]), and
/// the fit of probabilities that hold ([LogisticFit]).
@NullMarked
package io.chronoscope.evaluation.query;

import org.jspecify.annotations.NullMarked;
