/// The values that every other package uses: results, inputs, pictures and where a record came
/// from. Depends on nothing.
@NullMarked
package io.chronoscope.domain;

import org.jspecify.annotations.NullMarked;
