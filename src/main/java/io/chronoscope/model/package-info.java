/// Values that every other package speaks in.
@NullMarked
package io.chronoscope.model;

import org.jspecify.annotations.NullMarked;
