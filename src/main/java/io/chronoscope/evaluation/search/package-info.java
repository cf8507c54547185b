/// How good search is: questions with known answers over generated streams.
///
/// [GeneratedStreams] makes the records of many hours from a seed, in the words of the demo world;
/// [QuestionSet] holds the questions, [SearchEvaluation] asks them and [SearchScore] scores the
/// answers. [CalibrationFit] fits the cut for "nothing found", on a set of its own.
@NullMarked
package io.chronoscope.evaluation.search;

import org.jspecify.annotations.NullMarked;
