package io.chronoscope.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What really happens in a video: the content of the `NAME.events.json` beside `NAME.mp4`.
public record Truth(List<Event> events) {

  /// @param startMs from the video's first frame
  /// @param endMs after `startMs`
  public record Event(long startMs, long endMs, String description) {

    public Event {
      if (startMs < 0 || endMs <= startMs) {
        throw new IllegalArgumentException(
            "true event from %d ms to %d ms".formatted(startMs, endMs));
      }
    }
  }

  public Truth {
    events = List.copyOf(events);
  }

  /// The truth file of a video.
  public static Path fileOf(Path video) {
    String name = video.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return video.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ".events.json");
  }

  /// The truth about a video; empty when there is no file with it.
  ///
  /// @throws IOException when the file is there but does not hold a truth; the message names it
  public static Optional<Truth> of(Path video) throws IOException {
    Path file = fileOf(video);
    try {
      return Optional.of(parse(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  static Truth parse(String json) throws JsonProcessingException {
    JsonNode root = new JsonMapper().readTree(json);
    if (!root.isArray()) {
      throw new IllegalArgumentException("not an array of events");
    }
    List<Event> events = new ArrayList<>();
    for (JsonNode node : root) {
      if (!node.path("startMs").isIntegralNumber()
          || !node.path("endMs").isIntegralNumber()
          || !node.path("description").isTextual()) {
        throw new IllegalArgumentException(
            "event " + events.size() + " lacks startMs, endMs or description: " + node);
      }
      events.add(
          new Event(
              node.get("startMs").longValue(),
              node.get("endMs").longValue(),
              node.get("description").textValue()));
    }
    return new Truth(events);
  }
}
