/// Queries with known answers: the set ([QuerySet]), the score of its answers ([QueryScore]), and
/// the fits of probabilities ([LogisticFit]) and bounds ([QuantileTable]) that hold.
@NullMarked
package io.chronoscope.evaluation.query;

import org.jspecify.annotations.NullMarked;
