/// `chronoscope search`: [SearchCommand] opens the index (`OpenedIndex`), asks it, and prints hits
/// (`HitLines`, `HitJson`).
@NullMarked
package io.chronoscope.cli.search;

import org.jspecify.annotations.NullMarked;
