/// `rules`: lists, sets and removes rules.
@NullMarked
package io.chronoscope.cli.rules;

import org.jspecify.annotations.NullMarked;
