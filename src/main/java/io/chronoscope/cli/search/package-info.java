/// `chronoscope search`: [SearchCommand] opens the index (`OpenedIndex`), asks it, and prints hits
/// (`HitLines`, `PrintedHit`).
@NullMarked
package io.chronoscope.cli.search;

import org.jspecify.annotations.NullMarked;
