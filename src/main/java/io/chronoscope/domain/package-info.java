/// The values that all packages share: results with their [TimeSpan] and [Provenance], inputs,
/// questions, pictures, and the time bases of a stream ([StreamClock]). Depends on no other
/// package.
@NullMarked
package io.chronoscope.domain;

import org.jspecify.annotations.NullMarked;
