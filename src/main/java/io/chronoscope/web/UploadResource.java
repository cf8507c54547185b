package io.chronoscope.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaFile;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.MediaTaskRunner;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.web.access.AuditLog;
import io.chronoscope.web.access.Caller;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.Rfc3339;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Puts video on the topic for those who have no Kafka client. Uploads are checked first: a body
/// that is not what its type says, or no video at all, never reaches the topic.
@Path("/streams/{id}")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.OPERATOR)
@Tag(name = "Upload", description = "Puts video on the topic for those who have no Kafka client")
public class UploadResource {

  private static final int MAX_STREAM_ID = 512;
  private static final int MAX_CONCURRENT = 4;
  private static final long MAX_SEQUENCE = (1L << 53) - 1;

  private final Publishers publishers;
  private final Callers callers;
  private final AuditLog audit;
  private final ChronoscopeConfig settings;
  private final MediaDecoder decoder;
  private final MediaTaskRunner tasks;
  private final MediaFiles files;
  private final Semaphore places = new Semaphore(MAX_CONCURRENT);

  UploadResource(
      Publishers publishers,
      Callers callers,
      AuditLog audit,
      ChronoscopeConfig settings,
      MediaDecoder decoder,
      MediaTaskRunner tasks,
      MediaFiles files) {
    this.publishers = publishers;
    this.callers = callers;
    this.audit = audit;
    this.settings = settings;
    this.decoder = decoder;
    this.tasks = tasks;
    this.files = files;
  }

  @POST
  @Path("chunks")
  @Consumes(MediaType.WILDCARD)
  @Operation(
      operationId = "uploadChunk",
      summary = "Send one chunk",
      description =
          "The body is one self-contained segment. With `start` and `sequence` it is placed there;"
              + " without both it continues where the one before it ended.")
  @RequestBody(content = @Content(mediaType = "video/mp4"))
  @APIResponse(
      responseCode = "201",
      description = "The brokers have it",
      content = @Content(schema = @Schema(ref = "UploadedChunk")))
  public Response chunk(
      @Parameter(ref = "streamId") @PathParam("id") String id,
      @Parameter(description = "Time of the segment's time zero", example = "2026-05-04T12:00:00Z")
          @QueryParam("start")
          @Nullable String start,
      @Parameter(description = "Number of the chunk in its stream, from 0", example = "0")
          @QueryParam("sequence")
          @Nullable String sequence,
      @HeaderParam("Content-Type") @Nullable String contentType,
      InputStream body) {
    Caller caller = uploader(id);
    Optional<Instant> from = Parameters.time("start", start);
    OptionalLong number = sequence(sequence);
    if (from.isPresent() != number.isPresent()) {
      throw ProblemException.parameter(
          from.isPresent() ? "sequence" : "start", "start and sequence are given together or not");
    }
    byte[] media =
        Bodies.bytes(body, Math.toIntExact(settings.kafka().maxChunkBytes().asLongValue()));
    DecodeLimits limits =
        new DecodeLimits(
            settings.decode().maxPixels(),
            settings.decode().maxDuration(),
            settings.decode().maxFrames());
    ObjectNode json = Json.newObject().put("stream", id).put("bytes", media.length);
    try {
      ByteBuffer buffer = ByteBuffer.wrap(media);
      MediaFacts facts = UploadedMedia.decode(decoder, buffer, limits);
      String type = UploadedMedia.requireType(contentType, tasks.probe(id, buffer, limits));
      Duration duration = Duration.of(facts.durationMicros(), ChronoUnit.MICROS);
      json.put("durationMs", duration.toMillis()).put("contentType", type);
      ChunkOrigin at =
          acknowledged(
              from.isPresent()
                  ? publishers
                      .chunks()
                      .publish(id, number.getAsLong(), from.get(), duration, type, media)
                  : publishers.chunks().publishBare(id, media));
      json.set("at", Json.write(at));
      audit.record(caller, "chunk sent", id, at.toString());
    } catch (UnreadableMediaException e) {
      throw UploadedMedia.unusable(e);
    }
    return Response.status(Response.Status.CREATED).entity(json).build();
  }

  @POST
  @Path("files")
  @Consumes(MediaType.WILDCARD)
  @Operation(
      operationId = "uploadFile",
      summary = "Send a file",
      description =
          "The body is a video file; it is cut into chunks at key frames, as `produce` does, and"
              + " they are sent.")
  @RequestBody(content = @Content(mediaType = "video/mp4"))
  @APIResponse(
      responseCode = "201",
      description = "The brokers have all chunks",
      content = @Content(schema = @Schema(ref = "UploadedFile")))
  public Response file(
      @Parameter(ref = "streamId") @PathParam("id") String id,
      @Parameter(
              description = "Time of the file's start (default: now)",
              example = "2026-05-04T12:00:00Z")
          @QueryParam("start")
          @Nullable String start,
      @Parameter(description = "Minimum seconds of a chunk, 1 to 600 (default: 2)", example = "2")
          @QueryParam("chunkSeconds")
          @Nullable String chunkSeconds,
      @Parameter(description = "Whether the stream ends with the file (default: true)")
          @QueryParam("end")
          @Nullable String end,
      @HeaderParam("Content-Type") @Nullable String contentType,
      InputStream body)
      throws IOException {
    Caller caller = uploader(id);
    Instant from = Parameters.time("start", start).orElseGet(Instant::now);
    Duration length =
        Duration.ofSeconds(Parameters.number("chunkSeconds", chunkSeconds, 1, 600, 2));
    boolean ends = Parameters.text(end).isEmpty() || Parameters.flag("end", end);
    if (!places.tryAcquire()) {
      throw ProblemException.later(
          Reason.BUSY,
          "%d files are being uploaded already".formatted(MAX_CONCURRENT),
          Duration.ofSeconds(5));
    }
    try {
      return send(id, from, length, ends, contentType, body, caller);
    } finally {
      places.release();
    }
  }

  private Response send(
      String id,
      Instant from,
      Duration length,
      boolean ends,
      @Nullable String contentType,
      InputStream body,
      Caller caller)
      throws IOException {
    java.nio.file.Path file = Files.createTempFile("chronoscope-upload", ".media");
    try {
      try (OutputStream target = Files.newOutputStream(file)) {
        Bodies.copy(body, target, settings.http().maxUploadBytes().asLongValue());
      }
      Sending sending = new Sending(id, from, publishers.chunks());
      int chunks;
      try (MediaFile video = files.open(file)) {
        var unused = UploadedMedia.requireType(contentType, video.probe());
        chunks = video.cut(length, OptionalDouble.empty(), sending::send);
      }
      if (ends) {
        var unused = acknowledged(publishers.chunks().end(id));
      }
      audit.record(caller, "file sent", id, chunks + " chunks");
      return Response.status(Response.Status.CREATED)
          .entity(
              Json.newObject()
                  .put("stream", id)
                  .put("start", Rfc3339.format(from.truncatedTo(ChronoUnit.MICROS)))
                  .put("chunks", chunks)
                  .put("durationMs", sending.duration.toMillis())
                  .put("ended", ends))
          .build();
    } catch (UnreadableMediaException e) {
      throw UploadedMedia.unusable(e);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /// Sends the segments of one file.
  private static final class Sending {

    private final String stream;
    private final Instant start;
    private final ChunkPublisher publisher;
    private Duration duration = Duration.ZERO;

    Sending(String stream, Instant start, ChunkPublisher publisher) {
      this.stream = stream;
      this.start = start.truncatedTo(ChronoUnit.MICROS);
      this.publisher = publisher;
    }

    void send(io.chronoscope.decode.MediaSegment segment) {
      byte[] media = new byte[segment.media().remaining()];
      segment.media().duplicate().get(media);
      var unused =
          acknowledged(
              publisher.publish(
                  stream,
                  segment.index(),
                  start.plus(segment.start()),
                  segment.duration(),
                  segment.contentType(),
                  media));
      duration = segment.start().plus(segment.duration());
    }
  }

  private Caller uploader(String id) {
    Caller caller = callers.current();
    caller.requireStream(id);
    if (id.isBlank() || id.length() > MAX_STREAM_ID) {
      throw ProblemException.parameter(
          "id", "a stream id has 1 to %d characters".formatted(MAX_STREAM_ID));
    }
    if (id.codePoints().anyMatch(Character::isISOControl)) {
      throw ProblemException.parameter("id", "a stream id has no control characters");
    }
    return caller;
  }

  private static OptionalLong sequence(@Nullable String value) {
    Optional<String> text = Parameters.text(value);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long number = Long.parseLong(text.get().strip());
      if (number >= 0 && number <= MAX_SEQUENCE) {
        return OptionalLong.of(number);
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw ProblemException.parameter(
        "sequence",
        "'%s' is not a whole number from 0 on".formatted(Parameters.excerpt(text.get())));
  }

  private static ChunkOrigin acknowledged(CompletionStage<ChunkOrigin> sending) {
    try {
      return sending.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw ProblemException.later(
          Reason.BUSY,
          "the brokers did not take the record: " + e.getCause(),
          Duration.ofSeconds(5));
    }
  }
}
