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

/// The events that really happen in a video: the content of `NAME.events.json` next to `NAME.mp4`.
public record GroundTruth(List<Event> events) {

  /// @param startMs relative to the video's first frame
  /// @param endMs later than `startMs`
  public record Event(long startMs, long endMs, String description) {

    public Event {
      if (startMs < 0 || endMs <= startMs) {
        throw new IllegalArgumentException(
            "a true event ends before it starts or starts before 0: %d ms to %d ms"
                .formatted(startMs, endMs));
      }
    }
  }

  public GroundTruth {
    events = List.copyOf(events);
  }

  /// Returns the path of a video's ground-truth file.
  public static Path fileOf(Path video) {
    String name = video.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return video.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ".events.json");
  }

  /// Reads the ground truth of a video; empty when it has no ground-truth file.
  ///
  /// @throws IOException when the file is invalid; the message names it
  public static Optional<GroundTruth> of(Path video) throws IOException {
    Path file = fileOf(video);
    try {
      return Optional.of(parse(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  static GroundTruth parse(String json) throws JsonProcessingException {
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
            "event %d lacks startMs, endMs or description: %s".formatted(events.size(), node));
      }
      events.add(
          new Event(
              node.get("startMs").longValue(),
              node.get("endMs").longValue(),
              node.get("description").textValue()));
    }
    return new GroundTruth(events);
  }
}
