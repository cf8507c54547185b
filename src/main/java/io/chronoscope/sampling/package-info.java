/// Which frames, at which absolute times, how many a second.
@NullMarked
package io.chronoscope.sampling;

import org.jspecify.annotations.NullMarked;
