package io.chronoscope.live;

/// What a source asks for before it sends video. Its text hides the password.
public record Credentials(String user, String password) {

  /// @param text `user:password`
  /// @throws IllegalArgumentException when it is not; the message does not repeat it
  public static Credentials parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("credentials are not of the form user:password");
    }
    return new Credentials(text.substring(0, colon), text.substring(colon + 1).strip());
  }

  @Override
  public String toString() {
    return user + ":***";
  }
}
