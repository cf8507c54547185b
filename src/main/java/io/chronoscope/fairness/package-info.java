/// How streams share what there is only once: [FairQueue] says whose turn it is, [FairBudget] who
/// has to wait until others have used less.
@NullMarked
package io.chronoscope.fairness;

import org.jspecify.annotations.NullMarked;
