package io.chronoscope.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.MalformedRecordException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/// Reads the bodies of requests, up to a limit.
final class Bodies {

  private static final int MAX_JSON_BYTES = 64 * 1024;
  private static final int BUFFER_BYTES = 64 * 1024;

  private Bodies() {}

  /// @throws ProblemException TOO_LARGE, or INVALID_BODY when it is no JSON object
  static ObjectNode json(InputStream body) {
    try {
      byte[] bytes = body.readNBytes(MAX_JSON_BYTES + 1);
      if (bytes.length > MAX_JSON_BYTES) {
        throw tooLarge(MAX_JSON_BYTES);
      }
      return Json.parse(bytes);
    } catch (MalformedRecordException e) {
      throw new ProblemException(Reason.INVALID_BODY, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("the body could not be read", e);
    }
  }

  /// @throws ProblemException TOO_LARGE
  static byte[] bytes(InputStream body, int maxBytes) {
    try {
      byte[] bytes = body.readNBytes(maxBytes == Integer.MAX_VALUE ? maxBytes : maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw tooLarge(maxBytes);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("the body could not be read", e);
    }
  }

  /// @throws ProblemException TOO_LARGE
  static void copy(InputStream body, OutputStream target, long maxBytes) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long copied = 0;
    int read = body.read(buffer);
    while (read >= 0) {
      copied += read;
      if (copied > maxBytes) {
        throw tooLarge(maxBytes);
      }
      target.write(buffer, 0, read);
      read = body.read(buffer);
    }
  }

  private static ProblemException tooLarge(long maxBytes) {
    return new ProblemException(
        Reason.TOO_LARGE, "the body is larger than %d bytes".formatted(maxBytes));
  }

  /// @throws ProblemException INVALID_BODY when it is missing or no text
  static String text(ObjectNode json, String field) {
    JsonNode value = json.get(field);
    if (value == null || !value.isTextual() || value.textValue().isBlank()) {
      throw ProblemException.body(
          field, value == null ? "is missing" : "is not a text with characters");
    }
    return value.textValue();
  }

  /// A problem with a body whose message names the field first, as those of records do.
  static ProblemException invalid(String message, List<String> fields) {
    return fields.stream()
        .filter(field -> message.matches("(?s)(rule [^:]*: )?(the field )?" + field + "\\b.*"))
        .findFirst()
        .map(field -> ProblemException.body(field, message))
        .orElseGet(() -> new ProblemException(Reason.INVALID_BODY, message));
  }
}
