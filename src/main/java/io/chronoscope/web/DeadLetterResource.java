package io.chronoscope.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.client.DeadLetters.Letter;
import io.chronoscope.client.FollowedDeadLetters;
import io.chronoscope.client.LetterRedrive;
import io.chronoscope.client.LetterRedrive.Outcome;
import io.chronoscope.client.LetterRedrive.Repetition;
import io.chronoscope.client.RetainedRecords;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.service.KafkaBeans;
import io.chronoscope.web.access.AuditLog;
import io.chronoscope.web.access.Caller;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Rejected records, and sending them again.
@Singleton
@Path("/dead-letters")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Dead letters", description = "Rejected records, and sending them again")
public class DeadLetterResource {

  private static final int MAX_REDRIVEN = 100;

  private final ChronoscopeConfig settings;
  private final Map<String, Object> kafka;
  private final FollowedDeadLetters followed;
  private final TopicNames names;
  private final Callers callers;
  private final AuditLog audit;

  DeadLetterResource(
      ChronoscopeConfig settings,
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names,
      Callers callers,
      AuditLog audit) {
    this.settings = settings;
    this.kafka = kafka;
    this.followed = new FollowedDeadLetters(kafka, names.of(Topic.DEAD_LETTERS));
    this.names = names;
    this.callers = callers;
    this.audit = audit;
  }

  @PreDestroy
  void close() {
    followed.close();
  }

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "listDeadLetters",
      summary = "Dead letters",
      description =
          "Each as on the topic, with whether its record is still retained and was redriven. The"
              + " latest come last; `cursor` is the id of the last one seen.")
  @APIResponse(
      responseCode = "200",
      description = "A page of dead letters",
      content = @Content(schema = @Schema(ref = "DeadLetterList")))
  public ObjectNode list(
      @Parameter(ref = "stream") @QueryParam("stream") @Nullable String stream,
      @Parameter(description = "Reasons of the rejection, separated by commas", example = "late")
          @QueryParam("reason")
          @Nullable String reason,
      @Parameter(ref = "limit") @QueryParam("limit") @Nullable String limit,
      @Parameter(ref = "cursor") @QueryParam("cursor") @Nullable String cursor) {
    Caller caller = callers.current();
    var pattern = Parameters.pattern("stream", stream);
    Set<Rejection.Reason> reasons = Parameters.constants("reason", Rejection.Reason.class, reason);
    int most = Parameters.limit(limit);
    List<Letter> letters =
        followed.current().values().stream()
            .filter(one -> caller.maySee(one.letter().stream()))
            .filter(one -> pattern.map(p -> p.matches(one.letter().stream())).orElse(true))
            .filter(one -> reasons.isEmpty() || reasons.contains(one.letter().rejection().reason()))
            .toList();
    int start = Parameters.text(cursor).map(id -> after(letters, id)).orElse(0);
    List<Letter> page = letters.subList(start, Math.min(letters.size(), start + most));
    Set<ChunkOrigin> retained;
    try (RetainedRecords records = new RetainedRecords(kafka)) {
      retained = records.retained(page.stream().map(Letter::origin).toList());
    }
    return Index.list(
        page.stream().map(one -> one.describe(retained.contains(one.origin()))).toList(),
        start + most < letters.size() ? Optional.of(page.getLast().id()) : Optional.empty());
  }

  private static int after(List<Letter> letters, String id) {
    for (int i = 0; i < letters.size(); i++) {
      if (letters.get(i).id().equals(id)) {
        return i + 1;
      }
    }
    throw ProblemException.parameter("cursor", "there is no dead letter with this id");
  }

  @POST
  @Path("redrive")
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.OPERATOR)
  @Operation(
      operationId = "redrive",
      summary = "Send records again",
      description =
          "However late a chunk arrives, it is placed at its own time in the stream. Records that"
              + " were redriven before are refused unless `again` is true.")
  @RequestBody(content = @Content(schema = @Schema(ref = "RedriveRequest")))
  @APIResponse(
      responseCode = "200",
      description = "What became of each",
      content = @Content(schema = @Schema(ref = "RedriveOutcomes")))
  public ObjectNode redrive(InputStream body) {
    Caller caller = callers.current();
    ObjectNode request = Bodies.json(body);
    List<ObjectNode> outcomes = new ArrayList<>();
    for (Outcome outcome :
        LetterRedrive.redrive(
            kafka,
            names,
            LayerSettings.source(settings, "http"),
            ids(request),
            request.path("again").asBoolean(false) ? Repetition.AGAIN : Repetition.ONCE,
            letter -> caller.maySee(letter.letter().stream()))) {
      ObjectNode json = Json.newObject().put("id", outcome.id());
      switch (outcome) {
        case Outcome.Redriven(String id, ChunkOrigin to) -> {
          json.put("outcome", "redriven").set("to", Json.write(to));
          audit.record(caller, "dead letter redriven", id, to.toString());
        }
        case Outcome.Failed(String id, String why) -> {
          json.put("outcome", "failed").put("detail", why);
          audit.record(caller, "dead letter redriven", id, "failed: " + why);
        }
      }
      outcomes.add(json);
    }
    return Index.list(outcomes, Optional.empty());
  }

  private static Set<String> ids(ObjectNode request) {
    Set<String> ids = new LinkedHashSet<>();
    for (JsonNode one : request.path("ids")) {
      if (!one.isTextual() || !one.textValue().matches("[a-zA-Z0-9._-]+/\\d{1,9}/\\d{1,18}")) {
        throw ProblemException.body("ids", "an id has the form topic/partition/offset");
      }
      ids.add(one.textValue());
    }
    if (ids.isEmpty() || ids.size() > MAX_REDRIVEN) {
      throw ProblemException.body(
          "ids", "there are %d; 1 to %d are allowed".formatted(ids.size(), MAX_REDRIVEN));
    }
    return ids;
  }
}
