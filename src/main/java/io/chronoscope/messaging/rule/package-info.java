/// Loads rules from their topic ([RuleLoader]) and writes a dead letter for every invalid one
/// ([RuleDeadLetterWriter]).
@NullMarked
package io.chronoscope.messaging.rule;

import org.jspecify.annotations.NullMarked;
