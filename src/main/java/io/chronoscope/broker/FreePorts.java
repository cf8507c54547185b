package io.chronoscope.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// TCP ports that nobody listens on.
public final class FreePorts {

  private FreePorts() {}

  /// Returns a free port.
  public static int one() {
    return other(0, 1).getFirst();
  }

  /// Returns `count` free ports, each different from the others and from `taken`. They are bound
  /// together while they are picked: the system may hand out a port again as soon as it is closed.
  ///
  /// @param taken a port that something is about to listen on; 0: none
  /// @throws UncheckedIOException if there are not enough
  public static List<Integer> other(int taken, int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      while (ports.size() < count) {
        ServerSocket socket = new ServerSocket();
        sockets.add(socket);
        socket.bind(new InetSocketAddress(0), 1);
        if (socket.getLocalPort() != taken) {
          ports.add(socket.getLocalPort());
        }
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    } finally {
      sockets.forEach(FreePorts::close);
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a port stays bound", e);
    }
  }
}
