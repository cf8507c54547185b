package io.chronoscope.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;

/// How the HTTP interface is reached, and by whom.
public sealed interface HttpAccess {

  /// Without authentication, but only from this machine.
  record Loopback() implements HttpAccess {}

  /// Without authentication, because the operator said so.
  record Open() implements HttpAccess {}

  /// @param file the tokens
  record Tokens(Path file) implements HttpAccess {}

  /// @param streamsClaim lists the stream patterns that the bearer may see
  record OpenIdConnect(String streamsClaim) implements HttpAccess {}

  /// @throws ConfigurationException when others could reach the interface and nothing says who may
  ///   use it, or when authentication lacks its settings
  static HttpAccess of(ChronoscopeConfig settings) {
    if (settings.auth().isEmpty()) {
      if (!isLoopback(settings.http().host())) {
        throw new ConfigurationException(
            ("chronoscope.http.host is %s, which other machines can reach, and chronoscope.auth is"
                    + " not set: CHRONOSCOPE_AUTH=token or oidc says who may use the HTTP interface,"
                    + " none lets everyone do everything")
                .formatted(settings.http().host()));
      }
      return new Loopback();
    }
    return switch (settings.auth().get()) {
      case NONE -> isLoopback(settings.http().host()) ? new Loopback() : new Open();
      case TOKEN ->
          new Tokens(
              settings
                  .access()
                  .tokens()
                  .map(file -> ConfigLoader.resolve(settings, file))
                  .orElseThrow(() ->
                      new ConfigurationException(
                          "chronoscope.auth is token, but chronoscope.access.tokens names no file"
                              + " of tokens")));
      case OIDC -> new OpenIdConnect(settings.access().streamsClaim());
    };
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new ConfigurationException(
          "chronoscope.http.host (%s) is no address of this machine: unknown host".formatted(host),
          e);
    }
  }
}
