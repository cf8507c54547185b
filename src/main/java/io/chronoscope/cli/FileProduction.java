package io.chronoscope.cli;

import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.run.OpenVideo;
import io.chronoscope.cli.run.Pace;
import io.chronoscope.render.ClockTime;
import io.chronoscope.render.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/// Sends the files of `produce` as streams and prints how far it is.
final class FileProduction {

  private final Output output;
  private final LiveProduction.Form form;
  private final Plan plan;
  private final FileStream.Destination destination;

  /// How files become streams.
  ///
  /// @param chunkLength minimum length of a chunk
  /// @param inputFps frame rate of elementary streams, as stated by the user
  record Plan(Duration chunkLength, OptionalDouble inputFps, Pace pace, Ending ending) {}

  /// What follows the last chunk of a stream.
  enum Ending {
    /// The record that ends it.
    MARKED,
    /// Nothing: the stream may go on.
    LEFT_OPEN
  }

  /// @param form what is printed: a bar for each stream, or an object for each chunk
  FileProduction(
      Output output, LiveProduction.Form form, Plan plan, FileStream.Destination destination) {
    this.output = output;
    this.form = form;
    this.plan = plan;
    this.destination = destination;
  }

  /// @param parts consecutive files of the stream
  /// @param start of the first one
  void send(String stream, List<Path> parts, Instant start) {
    switch (form) {
      case JSON -> {
        var unused = send(stream, parts, start, sent -> output.printJson(json(sent)));
      }
      case TEXT -> sendWithBar(stream, parts, start);
    }
  }

  private void sendWithBar(String stream, List<Path> parts, Instant start) {
    FileStream sent;
    try (Progress progress = new Progress(output.err(), output.errTerminal())) {
      progress.start(stream, Optional.of(lengthOf(parts).toMillis()));
      sent =
          send(
              stream,
              parts,
              start,
              chunk ->
                  progress.update(
                      stream,
                      Duration.between(start, chunk.start()).plus(chunk.duration()).toMillis(),
                      "%d chunk%s sent"
                          .formatted(chunk.sequence() + 1, chunk.sequence() == 0 ? "" : "s")));
      progress.end(stream);
    }
    output.report(
        "%s: sent %d chunk%s, %.1f MB, %s%s%s"
            .formatted(
                stream,
                sent.chunks(),
                sent.chunks() == 1 ? "" : "s",
                sent.sizeBytes() / 1e6,
                ClockTime.coarse(sent.duration().toMillis()),
                plan.ending() == Ending.MARKED ? ", ended" : "",
                plan.inputFps().isPresent()
                    ? ", at %s frames/s, as stated".formatted(plan.inputFps().getAsDouble())
                    : ""));
  }

  private Duration lengthOf(List<Path> parts) {
    Duration length = Duration.ZERO;
    for (Path part : parts) {
      try (OpenVideo video = OpenVideo.of(part, destination.files())) {
        length = length.plus(video.overview(plan.inputFps()).duration());
      }
    }
    return length;
  }

  private FileStream send(
      String stream, List<Path> parts, Instant start, Consumer<FileStream.Sent> log) {
    FileStream sending = new FileStream(stream, start, plan.pace(), destination, log);
    for (Path part : parts) {
      sending.send(part, plan.chunkLength(), plan.inputFps());
    }
    switch (plan.ending()) {
      case MARKED -> sending.end();
      case LEFT_OPEN -> {}
    }
    return sending;
  }

  private static Map<String, Object> json(FileStream.Sent sent) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("stream", sent.stream());
    line.put("sequence", sent.sequence());
    line.put("start", sent.start());
    line.put("durationMs", sent.duration().toMillis());
    line.put("bytes", sent.sizeBytes());
    line.put("contentType", sent.contentType());
    sent.uri().ifPresent(uri -> line.put("uri", uri));
    line.put("at", sent.at());
    return line;
  }
}
