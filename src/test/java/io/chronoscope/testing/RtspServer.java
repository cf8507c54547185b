package io.chronoscope.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/// A minimal RTSP server (RFC 2326) on a port of its own: one H.264 video, sent as fast as it is
/// read, as RTP over the RTSP connection (RFC 6184, interleaved) with RTCP sender reports that
/// state the time. It can want credentials, cut the connection, freeze, and set its clock.
public final class RtspServer implements AutoCloseable {

  private static final int CLOCK_RATE = 90_000;
  private static final int MAX_PAYLOAD = 1_200;
  private static final long NTP_TO_UNIX_SECONDS = 2_208_988_800L;

  private final ServerSocket socket;
  private final List<List<byte[]>> pictures;
  private final int fps;
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final AtomicInteger plays = new AtomicInteger();
  private volatile Optional<String> authorization = Optional.empty();
  private volatile Instant startsAt = Instant.EPOCH;
  private volatile boolean statesTime;
  private volatile boolean freezes;
  private volatile Duration pace = Duration.ZERO;

  private RtspServer(List<List<byte[]>> pictures, int fps, ServerSocketFactory sockets) {
    this.pictures = pictures;
    this.fps = fps;
    try {
      this.socket = sockets.createServerSocket(0, 16, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("rtsp-server").start(this::accept);
  }

  /// @param annexB an H.264 byte stream
  public static RtspServer of(byte[] annexB, int fps) {
    return new RtspServer(pictures(annexB), fps, ServerSocketFactory.getDefault());
  }

  /// The same over TLS.
  public static RtspServer overTls(byte[] annexB, int fps, Keystore keystore) throws Exception {
    char[] password = keystore.password().toCharArray();
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(keystore.file().toFile(), password), password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return new RtspServer(pictures(annexB), fps, context.getServerSocketFactory());
  }

  /// Sends RTCP sender reports.
  ///
  /// @param start time of the first picture of each connection from now on
  public RtspServer clock(Instant start) {
    startsAt = start;
    statesTime = true;
    return this;
  }

  /// Sends nothing more after the last picture, and keeps the connection.
  public RtspServer freezeAtEnd() {
    freezes = true;
    return this;
  }

  /// Sends the pictures of the connections from now on this far apart.
  public RtspServer pace(Duration interval) {
    pace = interval;
    return this;
  }

  public RtspServer requireCredentials(String user, String password) {
    authorization = Optional.of(BasicAuthorization.of(user, password));
    return this;
  }

  public String url() {
    return scheme() + "://localhost:" + socket.getLocalPort() + "/camera";
  }

  public String url(String user, String password) {
    return "%s://%s:%s@localhost:%d/camera"
        .formatted(
            scheme(),
            URLEncoder.encode(user, StandardCharsets.UTF_8),
            URLEncoder.encode(password, StandardCharsets.UTF_8),
            socket.getLocalPort());
  }

  private String scheme() {
    return socket instanceof SSLServerSocket ? "rtsps" : "rtsp";
  }

  /// How often a client has started to play.
  public int plays() {
    return plays.get();
  }

  /// Cuts all connections.
  public void cut() {
    for (Socket connection : connections) {
      try {
        connection.close();
      } catch (IOException e) {
        // It is closed.
      }
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connections.add(connection);
        Thread.ofPlatform().daemon().name("rtsp-connection").start(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      DataOutputStream out = new DataOutputStream(connection.getOutputStream());
      while (true) {
        Map<String, String> request = request(in);
        if (request.isEmpty()) {
          return;
        }
        if (!respond(request, out)) {
          return;
        }
      }
    } catch (IOException e) {
      // The client went away, or the connection was cut.
    }
  }

  /// @return whether the connection continues
  private boolean respond(Map<String, String> request, DataOutputStream out) throws IOException {
    String method = request.get("").split(" ")[0];
    String answer = "CSeq: " + request.get("cseq") + "\r\n";
    if (!method.equals("OPTIONS")
        && authorization.filter(one -> !one.equals(request.get("authorization"))).isPresent()) {
      send(out, "401 Unauthorized", answer + "WWW-Authenticate: Basic realm=\"camera\"\r\n", "");
      return true;
    }
    switch (method) {
      case "OPTIONS" -> send(out, "200 OK", answer + "Public: DESCRIBE, SETUP, PLAY\r\n", "");
      case "DESCRIBE" -> send(out, "200 OK", answer + "Content-Type: application/sdp\r\n", sdp());
      case "SETUP" ->
          send(
              out,
              "200 OK",
              answer + "Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n",
              "");
      case "PLAY" -> {
        send(out, "200 OK", answer + "Session: 1\r\n", "");
        plays.incrementAndGet();
        play(out);
        return freezes;
      }
      case "TEARDOWN" -> {
        return false;
      }
      default -> send(out, "200 OK", answer + "Session: 1\r\n", "");
    }
    return true;
  }

  private String sdp() {
    List<byte[]> first = pictures.getFirst();
    String sets =
        first.stream()
            .filter(unit -> (unit[0] & 31) == 7 || (unit[0] & 31) == 8)
            .map(Base64.getEncoder()::encodeToString)
            .reduce((one, other) -> one + "," + other)
            .orElseThrow();
    return """
    v=0\r
    o=- 0 0 IN IP4 127.0.0.1\r
    s=camera\r
    t=0 0\r
    m=video 0 RTP/AVP 96\r
    a=rtpmap:96 H264/90000\r
    a=fmtp:96 packetization-mode=1;sprop-parameter-sets=%s\r
    a=control:video\r
    """
        .formatted(sets);
  }

  private void play(DataOutputStream out) throws IOException {
    int sequence = 0;
    for (int i = 0; i < pictures.size(); i++) {
      int timestamp = (int) ((long) i * CLOCK_RATE / fps) + 4711;
      if (statesTime && i % fps == 0) {
        senderReport(out, timestamp, startsAt.plusNanos(i * 1_000_000_000L / fps));
      }
      List<byte[]> units = pictures.get(i);
      for (int u = 0; u < units.size(); u++) {
        for (byte[] payload : payloads(units.get(u))) {
          boolean last =
              u == units.size() - 1 && ((payload[0] & 31) != 28 || (payload[1] & 0x40) != 0);
          ByteBuffer rtp = ByteBuffer.allocate(12 + payload.length);
          rtp.put((byte) 0x80).put((byte) (96 | (last ? 0x80 : 0)));
          rtp.putShort((short) sequence++).putInt(timestamp).putInt(0x1234).put(payload);
          interleaved(out, 0, rtp.array());
        }
      }
      out.flush();
      if (pace.isPositive()) {
        try {
          Thread.sleep(pace);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private static void senderReport(DataOutputStream out, int timestamp, Instant time)
      throws IOException {
    ByteBuffer report = ByteBuffer.allocate(28);
    report.put((byte) 0x80).put((byte) 200).putShort((short) 6).putInt(0x1234);
    report.putInt((int) (time.getEpochSecond() + NTP_TO_UNIX_SECONDS));
    report.putInt((int) (((long) time.getNano() << 32) / 1_000_000_000L));
    report.putInt(timestamp).putInt(0).putInt(0);
    interleaved(out, 1, report.array());
  }

  private static void interleaved(DataOutputStream out, int channel, byte[] packet)
      throws IOException {
    out.writeByte('$');
    out.writeByte(channel);
    out.writeShort(packet.length);
    out.write(packet);
  }

  /// A unit as one packet, or as fragments (FU-A).
  private static List<byte[]> payloads(byte[] unit) {
    if (unit.length <= MAX_PAYLOAD) {
      return List.of(unit);
    }
    List<byte[]> fragments = new ArrayList<>();
    for (int at = 1; at < unit.length; at += MAX_PAYLOAD) {
      int n = Math.min(MAX_PAYLOAD, unit.length - at);
      byte[] fragment = new byte[n + 2];
      fragment[0] = (byte) (unit[0] & 0xe0 | 28);
      fragment[1] =
          (byte) (unit[0] & 31 | (at == 1 ? 0x80 : 0) | (at + n == unit.length ? 0x40 : 0));
      System.arraycopy(unit, at, fragment, 2, n);
      fragments.add(fragment);
    }
    return fragments;
  }

  /// The units of each picture, in decoding order.
  private static List<List<byte[]>> pictures(byte[] annexB) {
    List<List<byte[]>> pictures = new ArrayList<>();
    List<byte[]> current = new ArrayList<>();
    boolean hasSlice = false;
    for (byte[] unit : units(annexB)) {
      int type = unit[0] & 31;
      boolean slice = type == 1 || type == 5;
      boolean begins = slice ? (unit[1] & 0x80) != 0 : type >= 6 && type <= 9;
      if (begins && hasSlice) {
        pictures.add(current);
        current = new ArrayList<>();
        hasSlice = false;
      }
      if (type != 9) {
        current.add(unit);
      }
      hasSlice |= slice;
    }
    pictures.add(current);
    return pictures;
  }

  private static List<byte[]> units(byte[] annexB) {
    List<byte[]> units = new ArrayList<>();
    int start = -1;
    for (int i = 0; i + 2 < annexB.length; i++) {
      if (annexB[i] == 0 && annexB[i + 1] == 0 && annexB[i + 2] == 1) {
        if (start >= 0) {
          units.add(unit(annexB, start, i));
        }
        start = i + 3;
        i += 2;
      }
    }
    units.add(unit(annexB, start, annexB.length));
    return units;
  }

  private static byte[] unit(byte[] annexB, int from, int to) {
    int end = to;
    while (end > from && annexB[end - 1] == 0) {
      end--;
    }
    return java.util.Arrays.copyOfRange(annexB, from, end);
  }

  /// A request's headers by lower-case name; its first line under the empty name.
  private static Map<String, String> request(InputStream in) throws IOException {
    Map<String, String> request = new TreeMap<>();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0) {
      if (next == '$' && request.isEmpty() && line.size() == 0) {
        in.read();
        int length = in.read() << 8 | in.read();
        in.skipNBytes(length); // the client's RTCP
      } else if (next == '\n') {
        String text = line.toString(StandardCharsets.UTF_8).strip();
        line.reset();
        if (text.isEmpty()) {
          return request;
        }
        int colon = text.indexOf(": ");
        if (request.isEmpty()) {
          request.put("", text);
        } else if (colon > 0) {
          request.put(
              text.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
              text.substring(colon + 2));
        }
      } else {
        line.write(next);
      }
      next = in.read();
    }
    return Map.of();
  }

  private static void send(DataOutputStream out, String status, String headers, String body)
      throws IOException {
    String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
    out.write(
        ("RTSP/1.0 " + status + "\r\n" + headers + length + "\r\n" + body)
            .getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
