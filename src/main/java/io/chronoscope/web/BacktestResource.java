package io.chronoscope.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.rule.Rule;
import io.chronoscope.service.RuleBacktests;
import io.chronoscope.service.RuleBacktests.Run;
import io.chronoscope.web.access.AuditLog;
import io.chronoscope.web.access.Caller;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.ResultJson;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/// Tries a rule on retained video before it goes into force.
@Path("/rules/backtests")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.OPERATOR)
@Tag(name = "Rules")
public class BacktestResource {

  private final RuleBacktests backtests;
  private final Callers callers;
  private final AuditLog audit;
  private final Duration maxRange;

  BacktestResource(
      RuleBacktests backtests, Callers callers, AuditLog audit, ChronoscopeConfig settings) {
    this.backtests = backtests;
    this.callers = callers;
    this.audit = audit;
    this.maxRange = settings.questions().maxRange();
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "startBacktest",
      summary = "Try a rule",
      description =
          "Runs the rule over retained video with the loaded model; one at a time, as long a range"
              + " as a question may have. Nothing is published.")
  @RequestBody(content = @Content(schema = @Schema(ref = "BacktestRequest")))
  @APIResponse(
      responseCode = "202",
      description = "It runs; `Location` has the result later",
      content = @Content(schema = @Schema(ref = "Backtest")))
  public Response start(InputStream body) {
    Caller caller = callers.current();
    ObjectNode request = Bodies.json(body);
    if (!(request.get("rule") instanceof ObjectNode json)) {
      throw ProblemException.body("rule", "is missing, or no object");
    }
    String id = json.path("id").asText("backtest");
    json.remove("id");
    Rule rule = RuleResource.parse(id, json);
    StreamPattern streams = rule.streams();
    if (request.hasNonNull("streams")) {
      String text = Bodies.text(request, "streams");
      try {
        streams = new StreamPattern(text);
      } catch (IllegalArgumentException e) {
        throw ProblemException.body("streams", String.valueOf(e.getMessage()));
      }
    }
    caller.requirePattern(streams);
    Instant from = Parameters.requiredTimeOfBody("from", Bodies.text(request, "from"));
    Instant to = Parameters.requiredTimeOfBody("to", Bodies.text(request, "to"));
    if (!from.isBefore(to) || Duration.between(from, to).compareTo(maxRange) > 0) {
      throw ProblemException.body(
          "to",
          "the range must be positive and at most %d s (chronoscope.questions.max-range)"
              .formatted(maxRange.toSeconds()));
    }
    Run run = backtests.start(rule, streams, from, to).orElseThrow(this::notNow);
    audit.record(caller, "backtest started", rule.text(), run.id());
    return Response.accepted(json(run))
        .header(HttpHeaders.LOCATION, "/api/rules/backtests/" + run.id())
        .build();
  }

  private ProblemException notNow() {
    return switch (backtests.readiness()) {
      case MODEL_LOADING ->
          ProblemException.later(
              Reason.STARTING, "the model is being loaded", Duration.ofSeconds(5));
      case READY, ANOTHER_RUNS ->
          ProblemException.later(Reason.BUSY, "another backtest runs", Duration.ofSeconds(10));
    };
  }

  @GET
  @Path("{id}")
  @Operation(
      operationId = "getBacktest",
      summary = "A backtest",
      description = "Its state, and the alerts that the rule would have raised.")
  @APIResponse(
      responseCode = "200",
      description = "The backtest",
      content = @Content(schema = @Schema(ref = "Backtest")))
  public ObjectNode get(
      @Parameter(description = "Its id", example = "backtest-1b9d") @PathParam("id") String id) {
    Caller caller = callers.current();
    return backtests
        .find(id)
        .filter(run -> caller.maySee(run.streams().text()))
        .map(BacktestResource::json)
        .orElseThrow(() ->
            new ProblemException(
                Reason.NOT_FOUND, "there is no backtest " + Parameters.excerpt(id)));
  }

  private static ObjectNode json(Run run) {
    ObjectNode json =
        Json.newObject()
            .put("id", run.id())
            .put("state", Json.nameOf(run.state()))
            .put("chunks", run.chunks());
    ArrayNode alerts = json.putArray("alerts");
    run.alerts().forEach(alert -> alerts.add(ResultJson.write(alert)));
    run.problem().ifPresent(problem -> json.put("problem", problem));
    return json;
  }
}
