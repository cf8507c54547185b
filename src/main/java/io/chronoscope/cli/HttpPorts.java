package io.chronoscope.cli;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.HttpAccess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Checks before anything starts what would otherwise fail after the broker and the model did.
final class HttpPorts {

  private HttpPorts() {}

  /// @throws EnvironmentException when a port of the HTTP interface is taken; names the setting
  /// @throws io.chronoscope.config.ConfigurationException when access is not settled
  static void requireFree(ChronoscopeConfig settings) {
    var unused = HttpAccess.of(settings);
    requireFree(
        settings.http().host(), settings.http().port(), "the page and the API", "http", "--port");
    requireFree(
        settings.management().host(),
        settings.management().port(),
        "health and metrics",
        "management",
        "--management-port");
  }

  private static void requireFree(
      String host, int port, String purpose, String group, String option) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
    } catch (IOException | IllegalArgumentException e) {
      throw new EnvironmentException(
          "%s:%d, for %s (chronoscope.%s.port), cannot be used: %s; %s picks another port"
              .formatted(host, port, purpose, group, e.getMessage(), option),
          e);
    }
  }
}
