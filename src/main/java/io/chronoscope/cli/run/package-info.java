/// Runs the service, or feeds files through it, inside a command.
@NullMarked
package io.chronoscope.cli.run;

import org.jspecify.annotations.NullMarked;
