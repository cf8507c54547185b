package io.chronoscope.web;

import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.decode.MediaFile;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.MediaSegment;
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
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalDouble;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Cuts whole files into chunks and puts them on the topic, for those who have no Kafka client. A
/// body that is not what its type says, or no video at all, never reaches the topic.
@Path("/streams/{id}")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.OPERATOR)
@Tag(name = "Upload", description = "Puts video on the topic for those who have no Kafka client")
public class FileUploadResource {

  private static final int MAX_CONCURRENT = 4;

  private final Publishers publishers;
  private final Callers callers;
  private final AuditLog audit;
  private final ChronoscopeConfig settings;
  private final MediaFiles files;
  private final Semaphore places = new Semaphore(MAX_CONCURRENT);

  FileUploadResource(
      Publishers publishers,
      Callers callers,
      AuditLog audit,
      ChronoscopeConfig settings,
      MediaFiles files) {
    this.publishers = publishers;
    this.callers = callers;
    this.audit = audit;
    this.settings = settings;
    this.files = files;
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
    Caller caller = callers.current();
    UploadedMedia.requireStreamId(id, caller);
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
        var unused = Publishers.acknowledged(publishers.chunks().end(id));
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

    void send(MediaSegment segment) {
      byte[] media = new byte[segment.media().remaining()];
      segment.media().duplicate().get(media);
      var unused =
          Publishers.acknowledged(
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
}
