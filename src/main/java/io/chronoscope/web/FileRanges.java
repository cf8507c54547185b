package io.chronoscope.web;

import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.PathPart;
import org.jspecify.annotations.Nullable;

/// Serves a file or a range of its bytes (RFC 9110, 14). Of several ranges the header is ignored,
/// as it allows.
final class FileRanges {

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int PARTIAL_CONTENT = 206;

  private FileRanges() {}

  static Response.ResponseBuilder respond(
      Path file, long sizeBytes, EntityTag tag, @Nullable String range, @Nullable String ifRange) {
    boolean current = ifRange == null || ifRange.equals("\"" + tag.getValue() + "\"");
    Matcher asked = RANGE.matcher(range == null || !current ? "" : range.strip());
    if (!asked.matches() || asked.group(1).isEmpty() && asked.group(2).isEmpty()) {
      return Response.ok(new PathPart(file, 0, sizeBytes))
          .tag(tag)
          .header("Accept-Ranges", "bytes");
    }
    boolean suffix = asked.group(1).isEmpty();
    long from =
        suffix
            ? Math.max(0, sizeBytes - Long.parseLong(asked.group(2)))
            : Long.parseLong(asked.group(1));
    long last =
        suffix || asked.group(2).isEmpty()
            ? sizeBytes - 1
            : Math.min(sizeBytes - 1, Long.parseLong(asked.group(2)));
    if (from > last) {
      return Response.status(RANGE_NOT_SATISFIABLE).header("Content-Range", "bytes */" + sizeBytes);
    }
    return Response.status(PARTIAL_CONTENT)
        .entity(new PathPart(file, from, last - from + 1))
        .tag(tag)
        .header("Accept-Ranges", "bytes")
        .header(HttpHeaders.CONTENT_LENGTH, last - from + 1)
        .header("Content-Range", "bytes %d-%d/%d".formatted(from, last, sizeBytes));
  }
}
