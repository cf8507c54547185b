package io.chronoscope.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.StreamInput.Media;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// A claim check as JSON: where a chunk's bytes lie, how many they are, and their SHA-256.
public final class ReferenceJson {

  private static final Set<String> FIELDS = Set.of("uri", "sizeBytes", "sha256");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

  private ReferenceJson() {}

  public static ObjectNode write(Media.Reference reference) {
    return JsonFields.newObject()
        .put("uri", reference.uri().toString())
        .put("sizeBytes", reference.sizeBytes())
        .put("sha256", reference.sha256());
  }

  /// @throws MalformedRecordException naming the field that is missing, wrong or unknown
  public static Media.Reference read(JsonFields json) {
    for (Iterator<String> names = json.node().fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!FIELDS.contains(name)) {
        throw new MalformedRecordException(
            name + " is no field of a reference; there are uri, sizeBytes and sha256");
      }
    }
    long sizeBytes = json.number("sizeBytes");
    if (sizeBytes < 0) {
      throw new MalformedRecordException("sizeBytes is negative: " + sizeBytes);
    }
    String sha256 = json.text("sha256");
    if (!SHA256.matcher(sha256).matches()) {
      throw new MalformedRecordException("sha256 is not 64 hexadecimal digits");
    }
    return new Media.Reference(uri(json.text("uri")), sizeBytes, sha256.toLowerCase(Locale.ROOT));
  }

  private static URI uri(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new MalformedRecordException("uri is not a URI: " + e.getMessage(), e);
    }
    if (!uri.isAbsolute()) {
      throw new MalformedRecordException(
          "uri is not absolute, as file:///… and s3://… are: " + text);
    }
    return uri;
  }
}
