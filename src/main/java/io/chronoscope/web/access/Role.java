package io.chronoscope.web.access;

/// What a caller may do. The names are those of the annotations and of OpenID Connect roles.
public final class Role {

  /// May read, search, play and ask.
  public static final String VIEWER = "viewer";

  /// May also change rules, redrive dead letters and upload video.
  public static final String OPERATOR = "operator";

  private Role() {}
}
