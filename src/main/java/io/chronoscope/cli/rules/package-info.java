/// The `rules` commands: list, set and remove rules. All read and write the [RulesTopic].
@NullMarked
package io.chronoscope.cli.rules;

import org.jspecify.annotations.NullMarked;
