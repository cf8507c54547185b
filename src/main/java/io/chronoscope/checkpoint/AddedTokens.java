package io.chronoscope.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/// The tokens that `tokenizer.json` adds to its vocabulary, special ones included. Parsed as a
/// stream, because the file has megabytes and this list is short.
///
/// @param ids token content to id
record AddedTokens(Path file, Map<String, Long> ids) {

  AddedTokens {
    ids = Map.copyOf(ids);
  }

  static AddedTokens read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(file, "file is missing");
    }
    Map<String, Long> ids = new HashMap<>();
    try (JsonParser parser = new JsonFactory(new ObjectMapper()).createParser(file.toFile())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new CheckpointException(file, "is not a JSON object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean added = parser.currentName().equals("added_tokens");
        parser.nextToken();
        if (!added) {
          parser.skipChildren();
          continue;
        }
        JsonNode tokens = parser.readValueAsTree();
        for (JsonNode token : tokens) {
          ids.put(token.path("content").asText(), token.path("id").asLong(-1));
        }
      }
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
    return new AddedTokens(file, ids);
  }

  OptionalLong id(String content) {
    Long id = ids.get(content);
    return id == null ? OptionalLong.empty() : OptionalLong.of(id);
  }
}
