package io.chronoscope.testing;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The `Authorization` header that a client sends with a user and a password (RFC 7617).
final class BasicAuthorization {

  private BasicAuthorization() {}

  static String of(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }
}
