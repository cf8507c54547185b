/// `dlq`: lists, shows and redrives dead letters.
@NullMarked
package io.chronoscope.cli.dlq;

import org.jspecify.annotations.NullMarked;
