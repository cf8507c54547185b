/// What is left out when there is more video than the machine can look at:
/// [io.chronoscope.load.LoadGovernor] watches how far streams are behind and says how closely each
/// is to be looked at.
@NullMarked
package io.chronoscope.load;

import org.jspecify.annotations.NullMarked;
