/// How good the answers are: a [Truth] file next to each video, answers paired one to one with true
/// events by what they name ([Subject]) and when they say it was ([TemporalIou]), and the figures
/// of the Charades-STA benchmark over all of them ([Score]).
@NullMarked
package io.chronoscope.evaluation;

import org.jspecify.annotations.NullMarked;
