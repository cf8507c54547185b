/// Answers questions about retained video. [QuestionAnswerer] checks the limits, [QuestionRun] asks
/// the model about each window of the range (recalled from the embedding cache, or decoded again by
/// [RangeReader]), and [AnswerBuilder] assembles the answer.
@NullMarked
package io.chronoscope.analysis.question;

import org.jspecify.annotations.NullMarked;
