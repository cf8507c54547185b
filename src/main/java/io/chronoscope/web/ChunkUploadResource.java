package io.chronoscope.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfiguredDecoding;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.decode.MediaTaskRunner;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.web.access.AuditLog;
import io.chronoscope.web.access.Caller;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.wire.Json;
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
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Puts single chunks on the topic for those who have no Kafka client. A body that is not what its
/// type says, or no video at all, never reaches the topic.
@Path("/streams/{id}")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.OPERATOR)
@Tag(name = "Upload", description = "Puts video on the topic for those who have no Kafka client")
public class ChunkUploadResource {

  private static final long MAX_SEQUENCE = (1L << 53) - 1;

  private final Publishers publishers;
  private final Callers callers;
  private final AuditLog audit;
  private final ChronoscopeConfig settings;
  private final MediaDecoder decoder;
  private final MediaTaskRunner tasks;

  ChunkUploadResource(
      Publishers publishers,
      Callers callers,
      AuditLog audit,
      ChronoscopeConfig settings,
      MediaDecoder decoder,
      MediaTaskRunner tasks) {
    this.publishers = publishers;
    this.callers = callers;
    this.audit = audit;
    this.settings = settings;
    this.decoder = decoder;
    this.tasks = tasks;
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
    Caller caller = callers.current();
    UploadedMedia.requireStreamId(id, caller);
    Optional<Instant> from = Parameters.time("start", start);
    OptionalLong number = sequence(sequence);
    if (from.isPresent() != number.isPresent()) {
      throw ProblemException.parameter(
          from.isPresent() ? "sequence" : "start", "start and sequence are given together or not");
    }
    byte[] media =
        Bodies.bytes(body, Math.toIntExact(settings.kafka().maxChunkBytes().asLongValue()));
    DecodeLimits limits = ConfiguredDecoding.segmentLimits(settings);
    ObjectNode json = Json.newObject().put("stream", id).put("bytes", media.length);
    try {
      ByteBuffer buffer = ByteBuffer.wrap(media);
      MediaFacts facts = UploadedMedia.decode(decoder, buffer, limits);
      String type = UploadedMedia.requireType(contentType, tasks.probe(id, buffer, limits));
      Duration duration = Duration.of(facts.durationMicros(), ChronoUnit.MICROS);
      json.put("durationMs", duration.toMillis()).put("contentType", type);
      ChunkOrigin at =
          Publishers.acknowledged(
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
}
