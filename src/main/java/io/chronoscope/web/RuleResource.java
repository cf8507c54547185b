package io.chronoscope.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.client.RulesInForce;
import io.chronoscope.domain.PercentEncoding;
import io.chronoscope.rule.Rule;
import io.chronoscope.rule.RuleTable;
import io.chronoscope.service.KafkaBeans;
import io.chronoscope.web.access.AuditLog;
import io.chronoscope.web.access.Caller;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.MalformedRecordException;
import io.chronoscope.wire.RuleRecord;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/// Rules: conditions in plain language that raise alerts.
@Path("/rules")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Rules", description = "Conditions in plain language that raise alerts")
public class RuleResource {

  private static final List<String> FIELDS =
      List.of("id", "text", "streams", "threshold", "coolDownSeconds", "priority");

  /// How long an answer waits until this instance has read the change from the topic.
  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(5);

  private final RuleTable table;
  private final Callers callers;
  private final AuditLog audit;
  private final Map<String, Object> kafka;
  private final String topic;

  RuleResource(
      RuleTable table,
      Callers callers,
      AuditLog audit,
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names) {
    this.table = table;
    this.callers = callers;
    this.audit = audit;
    this.kafka = kafka;
    this.topic = names.of(Topic.RULES);
  }

  @GET
  @RolesAllowed(Role.VIEWER)
  @Operation(
      operationId = "listRules",
      summary = "Rules in force",
      description = "In the order in which they are evaluated.")
  @APIResponse(
      responseCode = "200",
      description = "All rules",
      content = @Content(schema = @Schema(ref = "RuleList")))
  public ObjectNode list() {
    Caller caller = callers.current();
    return Index.list(
        table.all().stream()
            .filter(rule -> caller.maySee(rule.streams().text()))
            .map(RuleResource::json)
            .toList(),
        Optional.empty());
  }

  @GET
  @Path("{id}")
  @RolesAllowed(Role.VIEWER)
  @Operation(operationId = "getRule", summary = "One rule", description = "As it is in force.")
  @APIResponse(
      responseCode = "200",
      description = "The rule",
      content = @Content(schema = @Schema(ref = "Rule")))
  public ObjectNode get(@Parameter(ref = "ruleId") @PathParam("id") String id) {
    return json(visible(id));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.OPERATOR)
  @Operation(
      operationId = "createRule",
      summary = "Put a rule in force",
      description = "The body has its `id` as well. A rule with that id is replaced.")
  @RequestBody(content = @Content(schema = @Schema(ref = "Rule")))
  @APIResponse(
      responseCode = "201",
      description = "It is in force",
      content = @Content(schema = @Schema(ref = "Rule")))
  public Response create(InputStream body) {
    ObjectNode json = Bodies.json(body);
    String id = Bodies.text(json, "id");
    json.remove("id");
    return put(id, json);
  }

  @PUT
  @Path("{id}")
  @Consumes(MediaType.APPLICATION_JSON)
  @RolesAllowed(Role.OPERATOR)
  @Operation(
      operationId = "putRule",
      summary = "Put a rule in force under this id",
      description = "The body is that of the rules topic.")
  @RequestBody(content = @Content(schema = @Schema(ref = "rule")))
  @APIResponse(
      responseCode = "200",
      description = "It replaced one",
      content = @Content(schema = @Schema(ref = "Rule")))
  @APIResponse(
      responseCode = "201",
      description = "It is new",
      content = @Content(schema = @Schema(ref = "Rule")))
  public Response put(@Parameter(ref = "ruleId") @PathParam("id") String id, InputStream body) {
    return put(id, Bodies.json(body));
  }

  private Response put(String id, ObjectNode json) {
    Caller caller = callers.current();
    Rule rule = parse(id, json);
    caller.requirePattern(rule.streams());
    Optional<Rule> before = find(id);
    before.ifPresent(old -> caller.requirePattern(old.streams()));
    RulesInForce.put(kafka, topic, rule);
    audit.record(caller, "rule put", id, RuleRecord.json(rule).toString());
    await(() -> find(id).filter(rule::equals).isPresent());
    return before.isPresent()
        ? Response.ok(json(rule)).build()
        : Response.status(Response.Status.CREATED)
            .header(HttpHeaders.LOCATION, "/api/rules/" + PercentEncoding.of(id))
            .entity(json(rule))
            .build();
  }

  static Rule parse(String id, ObjectNode json) {
    try {
      return RuleRecord.parse(id, Json.bytes(json));
    } catch (MalformedRecordException e) {
      throw Bodies.invalid(String.valueOf(e.getMessage()), FIELDS);
    }
  }

  @DELETE
  @Path("{id}")
  @RolesAllowed(Role.OPERATOR)
  @Operation(
      operationId = "deleteRule",
      summary = "Remove a rule",
      description = "Its open alerts close with the next window.")
  @APIResponse(responseCode = "204", description = "It is no longer in force")
  public Response delete(@Parameter(ref = "ruleId") @PathParam("id") String id) {
    Caller caller = callers.current();
    caller.requirePattern(visible(id).streams());
    RulesInForce.remove(kafka, topic, id);
    audit.record(caller, "rule removed", id, "done");
    await(() -> find(id).isEmpty());
    return Response.noContent().build();
  }

  private Rule visible(String id) {
    return find(id)
        .filter(rule -> callers.current().maySee(rule.streams().text()))
        .orElseThrow(() ->
            new ProblemException(Reason.NOT_FOUND, "there is no rule " + Parameters.excerpt(id)));
  }

  private Optional<Rule> find(String id) {
    return table.all().stream().filter(rule -> rule.id().equals(id)).findFirst();
  }

  private static void await(BooleanSupplier visible) {
    long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
    while (!visible.getAsBoolean() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  /// As on the topic, with its key as `id`.
  static ObjectNode json(Rule rule) {
    ObjectNode json = Json.newObject().put("id", rule.id());
    json.setAll(RuleRecord.json(rule));
    return json;
  }
}
