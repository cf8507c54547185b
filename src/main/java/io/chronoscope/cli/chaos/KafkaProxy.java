package io.chronoscope.cli.chaos;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Stands between the service and the broker. It knows where requests begin and end and of what
/// kind they are, and so can act at an exact moment: before a commit reaches the broker, or after
/// the broker has answered it. Requests begin with a length, the number of their kind, its version
/// and a number that the response repeats (Kafka protocol guide).
final class KafkaProxy implements AutoCloseable {

  /// Kinds of requests, by their number in the protocol.
  enum Request {
    PRODUCE(0),
    FETCH(1),
    JOIN_GROUP(11),
    INIT_PRODUCER_ID(22),
    END_TXN(26),
    TXN_OFFSET_COMMIT(28);

    private final short number;

    Request(int number) {
      this.number = (short) number;
    }
  }

  enum Moment {
    /// The request does not reach the broker.
    BEFORE_REQUEST,
    /// The response does not reach the service.
    AFTER_RESPONSE
  }

  /// What becomes of the connection then.
  private enum Connection {
    ENDS,
    GOES_ON
  }

  /// Acts once.
  ///
  /// @param leastBytes size of a response from which on it counts; 0 for requests
  private record Trap(
      Request request,
      Moment moment,
      int leastBytes,
      Connection then,
      AtomicInteger remaining,
      Runnable action) {

    /// @return whether this is the moment
    boolean springs(short kind, Moment now, int bytes) {
      return kind == request.number
          && now == moment
          && bytes >= leastBytes
          && remaining.decrementAndGet() == 0;
    }
  }

  private final int brokerPort;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Trap> trap = new AtomicReference<>();
  private final Object holding = new Object();
  private Optional<Request> held = Optional.empty();
  private @Nullable Listener listener;

  private record Listener(ServerSocket server, Thread accepting) {}

  /// @param brokerPort of the broker on this machine
  KafkaProxy(int port, int brokerPort) throws IOException {
    this.port = port;
    this.brokerPort = brokerPort;
    restore();
  }

  String bootstrapServers() {
    return "localhost:" + port;
  }

  /// Acts at the given moment of the n-th request from now on, and ends that connection.
  void at(Request request, Moment moment, int nth, Runnable action) {
    at(request, moment, nth, 0, action);
  }

  /// @param leastBytes responses below this do not count
  void at(Request request, Moment moment, int nth, int leastBytes, Runnable action) {
    trap.set(
        new Trap(request, moment, leastBytes, Connection.ENDS, new AtomicInteger(nth), action));
  }

  /// Tells when the n-th request from now on was answered, without disturbing it.
  ///
  /// @param leastBytes responses below this do not count
  void onceAnswered(Request request, int nth, int leastBytes, Runnable action) {
    trap.set(
        new Trap(
            request,
            Moment.AFTER_RESPONSE,
            leastBytes,
            Connection.GOES_ON,
            new AtomicInteger(nth),
            action));
  }

  /// Lets requests of a kind wait until [#release()].
  void hold(Request request) {
    synchronized (holding) {
      held = Optional.of(request);
    }
  }

  void release() {
    synchronized (holding) {
      held = Optional.empty();
      holding.notifyAll();
    }
  }

  /// Ends all connections and accepts none until [#restore()].
  synchronized void cut() throws IOException {
    if (listener != null) {
      listener.server.close();
      try {
        // The port is closed only when nobody waits at it any more.
        listener.accepting.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      listener = null;
    }
    endConnections();
  }

  /// Ends all connections; new ones are accepted.
  void endConnections() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  synchronized void restore() throws IOException {
    if (listener != null) {
      return;
    }
    ServerSocket accepting = new ServerSocket();
    accepting.setReuseAddress(true);
    accepting.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    Thread thread = Thread.ofVirtual().name("kafka-proxy").start(() -> accept(accepting));
    listener = new Listener(accepting, thread);
  }

  /// Undoes everything.
  void reset() throws IOException {
    trap.set(null);
    release();
    restore();
  }

  private void accept(ServerSocket accepting) {
    while (true) {
      try {
        Socket service = accepting.accept();
        Thread.ofVirtual().start(() -> serve(service));
      } catch (IOException e) {
        return;
      }
    }
  }

  /// Passes on the frames of one connection until either side ends it.
  private void serve(Socket service) {
    open.add(service);
    try (service;
        Socket broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort)) {
      open.add(broker);
      ConcurrentHashMap<Integer, Short> kinds = new ConcurrentHashMap<>();
      Thread responses =
          Thread.ofVirtual()
              .start(() -> pass(broker, service, frame -> passResponse(frame, kinds)));
      pass(service, broker, frame -> passRequest(frame, kinds));
      responses.interrupt();
      open.remove(broker);
    } catch (IOException e) {
      // The broker is away; the service sees its connection end.
    } finally {
      open.remove(service);
    }
  }

  private interface Gate {
    /// Whether the frame may pass; otherwise the connection ends.
    boolean pass(byte[] frame) throws InterruptedException;
  }

  private static void pass(Socket from, Socket to, Gate gate) {
    try (from;
        to) {
      DataInputStream in = new DataInputStream(from.getInputStream());
      DataOutputStream out = new DataOutputStream(to.getOutputStream());
      while (true) {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        if (!gate.pass(frame)) {
          return;
        }
        out.writeInt(frame.length);
        out.write(frame);
        out.flush();
      }
    } catch (IOException e) {
      // One side ended the connection: so does the other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean passRequest(byte[] frame, ConcurrentHashMap<Integer, Short> kinds)
      throws InterruptedException {
    ByteBuffer header = ByteBuffer.wrap(frame);
    short kind = header.getShort();
    int correlation = header.getInt(4);
    kinds.put(correlation, kind);
    synchronized (holding) {
      while (held.isPresent() && held.get().number == kind) {
        holding.wait();
      }
    }
    return goesOn(kind, Moment.BEFORE_REQUEST, frame.length);
  }

  private boolean passResponse(byte[] frame, ConcurrentHashMap<Integer, Short> kinds) {
    Short kind = kinds.remove(ByteBuffer.wrap(frame).getInt());
    return kind == null || goesOn(kind, Moment.AFTER_RESPONSE, frame.length);
  }

  private boolean goesOn(short kind, Moment moment, int bytes) {
    Trap set = trap.get();
    if (set == null || !set.springs(kind, moment, bytes)) {
      return true;
    }
    trap.compareAndSet(set, null);
    set.action.run();
    return set.then == Connection.GOES_ON;
  }

  @Override
  public void close() throws IOException {
    release();
    cut();
  }
}
