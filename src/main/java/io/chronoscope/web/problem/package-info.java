/// Problem details (RFC 9457): every answer that is no success is `application/problem+json` with
/// the reason for programs, the detail for people, and the field where there is one.
/// [io.chronoscope.web.problem.ProblemMappers] turns exceptions into them.
@NullMarked
package io.chronoscope.web.problem;

import org.jspecify.annotations.NullMarked;
