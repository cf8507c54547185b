/// Grounding of search hits: the model checks in the retained video whether, and when exactly, what
/// was searched for happens. [GroundedSearch] adds it to a search; [QuestionGrounding] asks through
/// the questions topic, so that it works in any process beside a service.
@NullMarked
package io.chronoscope.search.grounding;

import org.jspecify.annotations.NullMarked;
