package io.chronoscope.decode.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.Optional;
import java.util.regex.Pattern;

/// How a worker that opens no files finds a server. The C library remembers the configuration of
/// name resolution that it has read before, but reads `/etc/hosts` each time. So a name that does
/// not resolve in the worker is replaced by the address that the parent has found.
final class ServerAddress {

  private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9.]+");

  private ServerAddress() {}

  /// In the parent: the address of a URL's server.
  ///
  /// @return empty when the URL contains it
  /// @throws IOException when the name is not known
  static Optional<String> resolve(String url) throws IOException {
    String host = URI.create(url).getHost();
    if (host == null) {
      throw new IOException("no connection: the address names no server");
    }
    if (ADDRESS.matcher(host).matches()) {
      return Optional.empty();
    }
    try {
      String address = InetAddress.getByName(host).getHostAddress();
      return Optional.of(address.contains(":") ? "[" + address + "]" : address);
    } catch (UnknownHostException e) {
      throw new IOException("no connection: the name of the server is not known", e);
    }
  }

  /// In the worker, before it is confined: has the C library read its configuration.
  static void warmUp() throws IOException {
    // What resolves now may not do so later.
    Security.setProperty("networkaddress.cache.ttl", "0");
    var unused = InetAddress.getByName("localhost");
  }

  /// In the worker: the URL, with the address where the name does not resolve.
  static String reachable(String url, Optional<String> address) {
    if (address.isEmpty()) {
      return url;
    }
    String host = URI.create(url).getHost();
    if (resolves(host)) {
      return url;
    }
    int at = url.indexOf(host, url.lastIndexOf('@', authorityEnd(url)) + 1);
    return url.substring(0, at) + address.get() + url.substring(at + host.length());
  }

  /// Java knows `localhost` by itself, FFmpeg does not.
  private static boolean resolves(String host) {
    try {
      var unused = InetAddress.getByName(host);
      return !host.equalsIgnoreCase("localhost");
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static int authorityEnd(String url) {
    int path = url.indexOf('/', url.indexOf("://") + 3);
    return path < 0 ? url.length() : path;
  }
}
