/// Answers questions about retained video ([QuestionAnswerer]).
@NullMarked
package io.chronoscope.analysis.question;

import org.jspecify.annotations.NullMarked;
