package io.chronoscope.live;

import io.chronoscope.decode.ByteFeed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// The bytes of datagrams. A thread of its own receives them, so that none is lost while a chunk is
/// being written; a queue bounds how many wait.
final class UdpFeed implements ByteFeed {

  private static final int MAX_DATAGRAM_BYTES = 65_535;
  private static final int QUEUED_DATAGRAMS = 8_192;
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;

  private final DatagramChannel channel;
  private final Duration timeout;
  private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(QUEUED_DATAGRAMS);
  private byte[] current = {};
  private int read;
  private volatile boolean closed;

  private UdpFeed(DatagramChannel channel, Duration timeout) {
    this.channel = channel;
    this.timeout = timeout;
  }

  /// @param host a multicast group, an address of this machine, or empty for all of them
  /// @param timeout how long no datagram may come
  /// @throws IOException when the port cannot be bound; says why
  static UdpFeed open(String host, int port, Duration timeout) throws IOException {
    DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
    boolean opened = false;
    try {
      // Without a name, every address of this machine.
      InetAddress address = InetAddress.getByName(host.isEmpty() ? "0.0.0.0" : host);
      boolean group = address.isMulticastAddress();
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, group);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
      channel.bind(group ? new InetSocketAddress(port) : new InetSocketAddress(address, port));
      if (group) {
        join(channel, address);
      }
      UdpFeed feed = new UdpFeed(channel, timeout);
      Thread.ofPlatform().daemon().name("udp " + port).start(feed::receive);
      opened = true;
      return feed;
    } catch (IOException e) {
      throw new IOException("cannot receive on udp port %d: %s".formatted(port, e.getMessage()), e);
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  private static void join(DatagramChannel channel, InetAddress group) throws IOException {
    List<NetworkInterface> interfaces = NetworkInterface.networkInterfaces().toList();
    int joined = 0;
    for (NetworkInterface one : interfaces) {
      if (one.isUp() && one.supportsMulticast()) {
        channel.join(group, one);
        joined++;
      }
    }
    if (joined == 0) {
      throw new IOException("no network interface receives multicasts");
    }
  }

  private void receive() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_DATAGRAM_BYTES);
    try {
      while (!closed) {
        buffer.clear();
        channel.receive(buffer);
        buffer.flip();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        // What the queue has no room for is lost, as it would be in the kernel.
        var unused = bytes.length > 0 && queue.offer(bytes);
      }
    } catch (ClosedChannelException e) {
      // This feed is closed.
    } catch (IOException e) {
      closed = true;
    }
  }

  @Override
  public int read(byte[] target, int length) throws IOException {
    while (read == current.length) {
      if (closed) {
        return -1;
      }
      current = next();
      read = 0;
    }
    int filled = take(target, 0, length);
    // What else is there, so that not every datagram is handed on alone.
    while (filled < length && read == current.length && queue.poll() instanceof byte[] next) {
      current = next;
      read = 0;
      filled += take(target, filled, length);
    }
    return filled;
  }

  private int take(byte[] target, int at, int length) {
    int n = Math.min(length - at, current.length - read);
    System.arraycopy(current, read, target, at, n);
    read += n;
    return n;
  }

  private byte[] next() throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      while (!closed && System.nanoTime() < deadline) {
        byte[] bytes = queue.poll(100, TimeUnit.MILLISECONDS);
        if (bytes != null) {
          return bytes;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
    if (closed) {
      return new byte[0];
    }
    throw new IOException("no datagram for %.0f s".formatted(timeout.toMillis() / 1e3));
  }

  @Override
  public void close() {
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written.
    }
  }
}
