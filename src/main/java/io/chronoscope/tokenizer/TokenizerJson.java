package io.chronoscope.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A `tokenizer.json`, checked before the native library sees it: where that library meets text
/// that its JSON parser refuses, it may end the process instead of reporting an error.
final class TokenizerJson {

  /// The native parser refuses 128; real files nest six deep.
  private static final int MAX_DEPTH = 100;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private TokenizerJson() {}

  /// Reads all of it.
  ///
  /// @return the bytes that were read
  /// @throws IOException when it is not one JSON object, or has texts or numbers that are none
  static InputStream checked(InputStream json) throws IOException {
    byte[] bytes = json.readAllBytes();
    try (JsonParser parser = JSON.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a JSON object");
      }
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        check(parser, token);
        if (token == JsonToken.END_OBJECT && parser.getParsingContext().inRoot()) {
          if (parser.nextToken() != null) {
            throw new IOException("more follows the JSON object");
          }
          return new ByteArrayInputStream(bytes);
        }
      }
      throw new IOException("not a whole JSON object");
    }
  }

  private static void check(JsonParser parser, JsonToken token) throws IOException {
    switch (token) {
      case FIELD_NAME, VALUE_STRING -> requireCharacters(parser);
      case VALUE_NUMBER_FLOAT -> {
        if (!Double.isFinite(parser.getDoubleValue())) {
          throw new IOException("a number too large at " + place(parser));
        }
      }
      case NOT_AVAILABLE, START_OBJECT, END_OBJECT, START_ARRAY, END_ARRAY -> {}
      case VALUE_EMBEDDED_OBJECT, VALUE_NUMBER_INT, VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> {}
    }
  }

  private static void requireCharacters(JsonParser parser) throws IOException {
    String text = parser.getText();
    for (int i = 0; i < text.length(); i++) {
      if (Character.isHighSurrogate(text.charAt(i))
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(text.charAt(i))) {
        throw new IOException("half of a character at " + place(parser));
      }
    }
  }

  private static String place(JsonParser parser) {
    return "line %d, column %d"
        .formatted(
            parser.currentTokenLocation().getLineNr(), parser.currentTokenLocation().getColumnNr());
  }
}
