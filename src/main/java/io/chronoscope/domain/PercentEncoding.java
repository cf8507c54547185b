package io.chronoscope.domain;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Text as one segment of a path or one value of a URI: everything but letters, digits and `-_.*`
/// as percent signs and hexadecimal digits of its UTF-8.
public final class PercentEncoding {

  private PercentEncoding() {}

  public static String of(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
