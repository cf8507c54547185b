/// What the program is made of and how it is delivered: layers, bill of materials, known holes.
@NullMarked
package io.chronoscope.supply;

import org.jspecify.annotations.NullMarked;
