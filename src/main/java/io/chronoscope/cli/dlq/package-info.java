/// The `dlq` commands: list, show and redrive dead letters. All read the [DeadLetterTopic];
/// [DeadLetterFilter] holds the options that select dead letters.
@NullMarked
package io.chronoscope.cli.dlq;

import org.jspecify.annotations.NullMarked;
