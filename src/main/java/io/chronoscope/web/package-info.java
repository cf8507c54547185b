/// The HTTP API under `/api` and what it shares with the page: resources for streams and their
/// results, rules, questions, dead letters and uploads, and [io.chronoscope.web.UpdatesResource],
/// which sends changes as they happen. Resources read from [io.chronoscope.search.ResultIndex] and
/// write through [io.chronoscope.client]; results are shown as they lie on the topics.
///
/// `web.problem` says what is wrong with a request, `web.access` who may do what, `web.play` cuts
/// retained video.
@NullMarked
package io.chronoscope.web;

import org.jspecify.annotations.NullMarked;
