package io.chronoscope.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// A client of the HTTP interface.
record Http(URI root) {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, BodyPublishers.noBody(), headers);
  }

  HttpResponse<String> send(String method, String path, String json, String... headers) {
    String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
    all[headers.length] = "Content-Type";
    all[headers.length + 1] = "application/json";
    return send(method, path, BodyPublishers.ofString(json), all);
  }

  HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers) {
    return send(method, path, body, BodyHandlers.ofString(), headers);
  }

  HttpResponse<byte[]> bytes(String path, String... headers) {
    return send("GET", path, BodyPublishers.noBody(), BodyHandlers.ofByteArray(), headers);
  }

  HttpResponse<InputStream> stream(String path, String... headers) {
    return send("GET", path, BodyPublishers.noBody(), BodyHandlers.ofInputStream(), headers);
  }

  private <T> HttpResponse<T> send(
      String method,
      String path,
      BodyPublisher body,
      HttpResponse.BodyHandler<T> handler,
      String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(root.toString().replaceAll("/$", "") + path))
            .timeout(Duration.ofSeconds(60))
            .method(method, body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return CLIENT.send(request.build(), handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  JsonNode json(String path, String... headers) {
    return parse(get(path, headers).body());
  }

  static JsonNode parse(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
  }
}
