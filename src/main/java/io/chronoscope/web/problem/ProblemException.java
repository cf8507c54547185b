package io.chronoscope.web.problem;

import java.time.Duration;
import java.util.Optional;

/// Ends a request with a [Problem].
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public ProblemException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  public ProblemException(Reason reason, String detail) {
    this(new Problem(reason, detail));
  }

  /// A parameter of the request that cannot be used.
  public static ProblemException parameter(String name, String detail) {
    return Problem.ofField(Reason.INVALID_PARAMETER, name, detail).exception();
  }

  /// A field of the body that cannot be used.
  public static ProblemException body(String field, String detail) {
    return Problem.ofField(Reason.INVALID_BODY, field, detail).exception();
  }

  public static ProblemException later(Reason reason, String detail, Duration retryAfter) {
    return new Problem(reason, detail, Optional.empty(), Optional.of(retryAfter)).exception();
  }

  public Problem problem() {
    return problem;
  }
}
