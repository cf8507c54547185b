package io.chronoscope.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.StreamInput.Media;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/// A claim check as JSON (`chunk-reference.schema.json`): where the media of a chunk are stored,
/// their size and their digest.
public record ChunkReference(String uri, long sizeBytes, String sha256) {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

  /// @throws IllegalArgumentException naming the component that is wrong
  public ChunkReference {
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("sizeBytes is negative: " + sizeBytes);
    }
    if (!SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException("sha256 is not 64 hexadecimal digits");
    }
    if (!parse(uri).isAbsolute()) {
      throw new IllegalArgumentException(
          "uri is not absolute, as file:///… and s3://… are: " + uri);
    }
  }

  /// @throws MalformedRecordException naming the field that is missing, wrong or unknown
  static Media.Reference read(byte[] json) {
    return Json.readStrictly(Json.parse(json), ChunkReference.class).toMedia();
  }

  static ObjectNode write(Media.Reference reference) {
    return Json.write(reference);
  }

  public Media.Reference toMedia() {
    return new Media.Reference(parse(uri), sizeBytes, sha256.toLowerCase(Locale.ROOT));
  }

  private static URI parse(String uri) {
    try {
      return new URI(uri);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("uri is not a URI: " + e.getMessage(), e);
    }
  }
}
