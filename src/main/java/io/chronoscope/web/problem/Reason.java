package io.chronoscope.web.problem;

import java.util.Locale;

/// Why a request was not fulfilled, for programs; stable. Each has one HTTP status.
public enum Reason {
  INVALID_PARAMETER(400, "A parameter cannot be used"),
  INVALID_BODY(400, "The body cannot be used"),
  UNAUTHENTICATED(401, "Authentication is required"),
  FORBIDDEN(403, "The caller may not do this"),
  WRONG_ORIGIN(403, "The request comes from another site"),
  NOT_FOUND(404, "There is no such resource"),
  NO_VIDEO(404, "No retained chunk covers this time"),
  METHOD_NOT_ALLOWED(405, "The resource does not have this method"),
  NOT_ACCEPTABLE(406, "The resource has no such representation"),
  CONFLICT(409, "The state of the resource does not allow this"),
  NO_LONGER_RETAINED(410, "Retention has removed the video"),
  TOO_LARGE(413, "The body is too large"),
  UNSUPPORTED_MEDIA(415, "The media cannot be used"),
  WRONG_HOST(421, "The request names another host"),
  NOT_PLAYABLE(422, "A browser cannot play the codec"),
  UNREADABLE_VIDEO(422, "The video cannot be read"),
  TOO_MANY_REQUESTS(429, "Too many requests"),
  INTERNAL(500, "The request failed"),
  BUSY(503, "The service is busy"),
  STARTING(503, "The service is starting"),
  TOO_SLOW(503, "The request took too long");

  private final int status;
  private final String title;

  Reason(int status, String title) {
    this.status = status;
    this.title = title;
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /// As in the JSON, such as `invalid_parameter`.
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The reason for a status that the framework has chosen.
  public static Reason ofStatus(int status) {
    for (Reason reason : values()) {
      if (reason.status == status) {
        return reason;
      }
    }
    return status < 500 ? INVALID_PARAMETER : INTERNAL;
  }
}
