package io.chronoscope.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.wire.ResultType;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Results of all streams that the caller may see.
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.VIEWER)
@Tag(name = "Results", description = "Events, summaries, alerts and gaps over all streams")
public class ResultResource {

  private final Index index;
  private final Callers callers;

  ResultResource(Index index, Callers callers) {
    this.index = index;
    this.callers = callers;
  }

  @GET
  @Path("results")
  @Operation(
      operationId = "listResults",
      summary = "Results",
      description =
          "Results of any types, each as on its topic, in pages by time. Withdrawn ones only when"
              + " `status` asks for them.")
  @APIResponse(
      responseCode = "200",
      description = "A page of results",
      content = @Content(schema = @Schema(ref = "ResultList")))
  public ObjectNode results(
      @Parameter(ref = "type") @QueryParam("type") @Nullable String type,
      @Parameter(ref = "stream") @QueryParam("stream") @Nullable String stream,
      @Parameter(ref = "status") @QueryParam("status") @Nullable String status,
      @Parameter(ref = "level") @QueryParam("level") @Nullable String level,
      @Parameter(ref = "rule") @QueryParam("rule") @Nullable String rule,
      @BeanParam ListParameters list) {
    ResultFilter filter =
        filter(Parameters.constants("type", ResultType.class, type), stream, status)
            .withLevels(Parameters.constants("level", Level.class, level));
    return index.page(list.of(Parameters.narrowedByRule(filter, rule)));
  }

  @GET
  @Path("events")
  @Operation(
      operationId = "listEvents",
      summary = "Events",
      description = "Events of all streams, each as on its topic, in pages by time.")
  @APIResponse(
      responseCode = "200",
      description = "A page of events",
      content = @Content(schema = @Schema(ref = "EventList")))
  public ObjectNode events(
      @Parameter(ref = "stream") @QueryParam("stream") @Nullable String stream,
      @Parameter(ref = "status") @QueryParam("status") @Nullable String status,
      @BeanParam ListParameters list) {
    return index.page(list.of(filter(Set.of(ResultType.EVENT), stream, status)));
  }

  @GET
  @Path("events/{id}")
  @Operation(
      operationId = "getEvent",
      summary = "One event",
      description = "Its latest revision, as on the topic.")
  @APIResponse(
      responseCode = "200",
      description = "The event",
      content = @Content(schema = @Schema(ref = "event")))
  public JsonNode event(
      @Parameter(description = "The event's id", example = "5f0c…") @PathParam("id") String id) {
    return index.find(ResultType.EVENT, id, callers.current());
  }

  private ResultFilter filter(
      Set<ResultType> types, @Nullable String stream, @Nullable String status) {
    ResultFilter filter =
        Parameters.narrowedByStream(Index.visibleTo(callers.current()), stream).withTypes(types);
    return Parameters.narrowedByStatus(filter, status);
  }
}
