/// How streams share what there is only once: [FairQueue] says whose turn it is.
@NullMarked
package io.chronoscope.fairness;

import org.jspecify.annotations.NullMarked;
