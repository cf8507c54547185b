package io.chronoscope.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// Stands in front of a server without security: ends TLS with a certificate that nobody knows, and
/// lets through one user, as the security plugin of OpenSearch does.
public final class TlsFront implements AutoCloseable {

  public static final String STORE_PASSWORD = "changeit";

  private static final int UNAUTHORIZED = 401;

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI target;
  private final String authorization;
  private final Path store;

  /// @param target address without a path
  /// @param folder for its keystore
  public TlsFront(URI target, String user, String password, Path folder) throws Exception {
    this.target = target;
    this.authorization =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    this.store = Keystore.create(folder.resolve("front.p12"), "front", STORE_PASSWORD).file();
    this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context()));
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  private SSLContext context() throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, STORE_PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, STORE_PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (!authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        byte[] refusal = "Unauthorized".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"OpenSearch\"");
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=UTF-8");
        exchange.sendResponseHeaders(UNAUTHORIZED, refusal.length);
        exchange.getResponseBody().write(refusal);
        return;
      }
      HttpRequest.Builder request =
          HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
              .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
      String type = exchange.getRequestHeaders().getFirst("Content-Type");
      if (type != null) {
        request.header("Content-Type", type);
      }
      HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
      response
          .headers()
          .firstValue("Content-Type")
          .ifPresent(found -> exchange.getResponseHeaders().set("Content-Type", found));
      // No body is -1; 0 would be one of unknown length.
      int length = response.body().length == 0 ? -1 : response.body().length;
      exchange.sendResponseHeaders(response.statusCode(), length);
      exchange.getResponseBody().write(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// `https://localhost:PORT`
  public URI address() {
    return URI.create("https://localhost:" + server.getAddress().getPort());
  }

  /// Its certificate, as a trust store of type PKCS12 with [#STORE_PASSWORD].
  public Path trustStore() {
    return store;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
    client.close();
  }
}
