/// What to watch for: rules in plain language, and the table of those in force.
@NullMarked
package io.chronoscope.rule;

import org.jspecify.annotations.NullMarked;
