/// How streams share what there is only once: [FairQueue] says whose turn it is, [FairExecutor]
/// runs tasks on threads in that order, [FairBudget] says who has to wait until others have used
/// less.
@NullMarked
package io.chronoscope.fairness;

import org.jspecify.annotations.NullMarked;
