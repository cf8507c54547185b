/// What all commands share: output, options, Kafka connections and error messages.
@NullMarked
package io.chronoscope.cli.console;

import org.jspecify.annotations.NullMarked;
