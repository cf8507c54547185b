package io.chronoscope.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.broker.FreePorts;
import io.chronoscope.cli.chaos.KafkaProxy.Moment;
import io.chronoscope.cli.chaos.KafkaProxy.Request;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KafkaProxyTest {

  private static final short PRODUCE = 0;
  private static final short END_TXN = 26;

  private final List<Integer> received = new CopyOnWriteArrayList<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private ServerSocket broker;
  private KafkaProxy proxy;

  /// Answers each request with its correlation id and as many bytes as it has.
  @BeforeEach
  void start() throws IOException {
    broker = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          while (true) {
            try {
              Socket client = broker.accept();
              Thread.ofVirtual().start(() -> answer(client));
            } catch (IOException e) {
              return;
            }
          }
        });
    proxy = new KafkaProxy(FreePorts.one(), broker.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    broker.close();
  }

  private void answer(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      while (true) {
        int length = in.readInt();
        int kind = in.readShort();
        in.readShort();
        int correlation = in.readInt();
        in.readNBytes(length - 8);
        received.add(kind);
        out.writeInt(length);
        out.writeInt(correlation);
        out.write(new byte[length - 4]);
      }
    } catch (IOException e) {
      // The client has gone.
    }
  }

  private final class Client implements AutoCloseable {

    private final Socket socket;
    private int correlation;

    Client() throws IOException {
      int port = Integer.parseInt(proxy.bootstrapServers().split(":")[1]);
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
    }

    /// Sends a request and reads its response.
    void call(short kind) throws IOException {
      send(kind);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] response = in.readNBytes(in.readInt());
      assertThat(response).hasSize(20);
    }

    void send(short kind) throws IOException {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(20);
      out.writeShort(kind);
      out.writeShort(9);
      out.writeInt(++correlation);
      out.write(new byte[12]);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void passesRequestsAndResponses() throws IOException {
    try (Client client = new Client()) {
      client.call(PRODUCE);
      client.call(END_TXN);
    }
    assertThat(received).containsExactly(0, 26);
  }

  @Test
  void actsBeforeTheRequestReachesTheBroker() throws IOException {
    proxy.at(Request.END_TXN, Moment.BEFORE_REQUEST, 2, () -> seen.add("now"));
    try (Client client = new Client()) {
      client.call(END_TXN);
      client.call(PRODUCE);
      assertThat(seen).isEmpty();
      assertThatThrownBy(() -> client.call(END_TXN))
          .isInstanceOfAny(EOFException.class, SocketException.class);
    }
    assertThat(seen).containsExactly("now");
    assertThat(received).containsExactly(26, 0);
  }

  @Test
  void actsAfterTheBrokerHasAnswered() throws IOException {
    proxy.at(Request.PRODUCE, Moment.AFTER_RESPONSE, 1, () -> seen.add("now"));
    try (Client client = new Client()) {
      assertThatThrownBy(() -> client.call(PRODUCE))
          .isInstanceOfAny(EOFException.class, SocketException.class);
    }
    assertThat(seen).containsExactly("now");
    assertThat(received).containsExactly(0);
    try (Client again = new Client()) {
      again.call(PRODUCE);
    }
    assertThat(seen).hasSize(1);
  }

  @Test
  void observesWithoutDisturbing() throws IOException {
    proxy.onceAnswered(Request.PRODUCE, 1, 0, () -> seen.add("now"));
    try (Client client = new Client()) {
      client.call(PRODUCE);
      client.call(PRODUCE);
    }
    assertThat(seen).containsExactly("now");
  }

  @Test
  void holdsRequestsOfOneKind() throws IOException {
    proxy.hold(Request.PRODUCE);
    try (Client held = new Client();
        Client other = new Client()) {
      held.send(PRODUCE);
      other.call(END_TXN);
      held.socket.setSoTimeout(100);
      assertThatThrownBy(() -> held.socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      proxy.release();
      held.socket.setSoTimeout(10_000);
      assertThat(held.socket.getInputStream().read()).isZero();
    }
  }

  @Test
  void isAwayUntilItIsRestored() throws IOException {
    try (Client client = new Client()) {
      client.call(PRODUCE);
      proxy.cut();
      assertThatThrownBy(() -> client.call(PRODUCE)).isInstanceOf(IOException.class);
      assertThatThrownBy(Client::new).isInstanceOf(IOException.class);
    }
    proxy.restore();
    try (Client client = new Client()) {
      client.call(PRODUCE);
    }
  }
}
