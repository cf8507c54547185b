package io.chronoscope.config;

/// How the users of the HTTP interface are known.
public enum Authentication {
  /// Everyone may do everything.
  NONE,
  /// By a token of a file.
  TOKEN,
  /// By an OpenID Connect provider.
  OIDC
}
