package io.chronoscope.search.opensearch;

import java.net.URI;
import java.util.Optional;

/// Where the index lies.
///
/// @param address of the cluster, `http` or `https`, with a path if it is behind one
/// @param index beginning of the index's name; the version of its documents and the model follow
/// @param password of the user; never printed
/// @param shards of an index that is created
public record OpenSearchServer(
    URI address, String index, Optional<String> username, Optional<String> password, int shards) {

  /// @throws IllegalArgumentException when the address is none, or only one of user and password is
  ///   given
  public OpenSearchServer {
    String scheme = String.valueOf(address.getScheme());
    if (!(scheme.equals("http") || scheme.equals("https")) || address.getHost() == null) {
      throw new IllegalArgumentException(
          "the address of OpenSearch is http://HOST:PORT or https://HOST:PORT");
    }
    if (address.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "the address of OpenSearch has a user in it; set the user and password by themselves");
    }
    if (username.isPresent() != password.isPresent()) {
      throw new IllegalArgumentException("OpenSearch needs both a user and a password, or neither");
    }
  }

  @Override
  public String toString() {
    return address + "/" + index;
  }
}
