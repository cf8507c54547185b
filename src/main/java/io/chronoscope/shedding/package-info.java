/// Load shedding: [LoadGovernor] watches the lag of every stream and decides at which [DetailLevel]
/// its windows are analyzed: fewer frames first, then smaller frames, then fewer windows.
@NullMarked
package io.chronoscope.shedding;

import org.jspecify.annotations.NullMarked;
