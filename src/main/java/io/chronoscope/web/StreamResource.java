package io.chronoscope.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.StreamFacts;
import io.chronoscope.web.access.Caller;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.wire.ResultType;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Streams and their results.
@Path("/streams")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.VIEWER)
@Tag(name = "Streams", description = "Streams, and what is known of each")
public class StreamResource {

  private static final String LISTED = "All of it in pages, oldest first unless `order` says so.";

  private final Index index;
  private final Callers callers;
  private final StreamJson streamJson;

  StreamResource(Index index, Callers callers, StreamJson streamJson) {
    this.index = index;
    this.callers = callers;
    this.streamJson = streamJson;
  }

  @GET
  @Operation(
      operationId = "listStreams",
      summary = "Streams",
      description = "Every stream with at least one result, by id, with its state and counts.")
  @APIResponse(
      responseCode = "200",
      description = "A page of streams",
      content = @Content(schema = @Schema(ref = "StreamList")))
  public ObjectNode list(
      @Parameter(ref = "limit") @QueryParam("limit") @Nullable String limit,
      @Parameter(ref = "cursor") @QueryParam("cursor") @Nullable String cursor) {
    Caller caller = callers.current();
    int most = Parameters.limit(limit);
    Optional<String> after = Parameters.text(cursor).map(StreamResource::afterCursor);
    List<ObjectNode> items = new ArrayList<>();
    String last = "";
    for (StreamFacts stream : index.get().streams()) {
      if (caller.maySee(stream.id())
          && after.map(id -> stream.id().compareTo(id) > 0).orElse(true)) {
        if (items.size() == most) {
          return Index.list(items, Optional.of(cursorAfter(last)));
        }
        items.add(streamJson.write(stream));
        last = stream.id();
      }
    }
    return Index.list(items, Optional.empty());
  }

  private static String cursorAfter(String id) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(id.getBytes(StandardCharsets.UTF_8));
  }

  private static String afterCursor(String cursor) {
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ProblemException.parameter("cursor", "not a cursor of this service");
    }
  }

  @GET
  @Path("{id}")
  @Operation(
      operationId = "getStream",
      summary = "One stream",
      description = "Its state and counts.")
  @APIResponse(
      responseCode = "200",
      description = "The stream",
      content = @Content(schema = @Schema(ref = "Stream")))
  public ObjectNode get(@Parameter(ref = "streamId") @PathParam("id") String id) {
    return streamJson.write(index.stream(id, callers.current()));
  }

  @GET
  @Path("{id}/events")
  @Operation(
      operationId = "listStreamEvents",
      summary = "Events of a stream",
      description = "What happened, when, how certain the bounds are. " + LISTED)
  @APIResponse(
      responseCode = "200",
      description = "A page of events, each as on the topic of events",
      content = @Content(schema = @Schema(ref = "EventList")))
  public ObjectNode events(
      @Parameter(ref = "streamId") @PathParam("id") String id,
      @Parameter(ref = "status") @QueryParam("status") @Nullable String status,
      @BeanParam ListParameters list) {
    return index.page(list.of(Parameters.narrowedByStatus(of(id, ResultType.EVENT), status)), id);
  }

  @GET
  @Path("{id}/summaries")
  @Operation(
      operationId = "listStreamSummaries",
      summary = "Summaries of a stream",
      description = "What windows, minutes, hours and the whole stream show. " + LISTED)
  @APIResponse(
      responseCode = "200",
      description = "A page of summaries, each as on the topic of summaries",
      content = @Content(schema = @Schema(ref = "SummaryList")))
  public ObjectNode summaries(
      @Parameter(ref = "streamId") @PathParam("id") String id,
      @Parameter(ref = "level") @QueryParam("level") @Nullable String level,
      @BeanParam ListParameters list) {
    ResultFilter filter =
        of(id, ResultType.SUMMARY).withLevels(Parameters.constants("level", Level.class, level));
    return index.page(list.of(filter), id);
  }

  @GET
  @Path("{id}/alerts")
  @Operation(
      operationId = "listStreamAlerts",
      summary = "Alerts of a stream",
      description = "When rules matched. " + LISTED)
  @APIResponse(
      responseCode = "200",
      description = "A page of alerts, each as on the topic of alerts",
      content = @Content(schema = @Schema(ref = "AlertList")))
  public ObjectNode alerts(
      @Parameter(ref = "streamId") @PathParam("id") String id,
      @Parameter(ref = "rule") @QueryParam("rule") @Nullable String rule,
      @BeanParam ListParameters list) {
    return index.page(list.of(Parameters.narrowedByRule(of(id, ResultType.ALERT), rule)), id);
  }

  @GET
  @Path("{id}/gaps")
  @Operation(
      operationId = "listStreamGaps",
      summary = "Gaps of a stream",
      description = "What was not analyzed, and why. " + LISTED)
  @APIResponse(
      responseCode = "200",
      description = "A page of gaps, each as on the topic of events",
      content = @Content(schema = @Schema(ref = "GapList")))
  public ObjectNode gaps(
      @Parameter(ref = "streamId") @PathParam("id") String id, @BeanParam ListParameters list) {
    return index.page(list.of(of(id, ResultType.GAP)), id);
  }

  private ResultFilter of(String id, ResultType type) {
    Caller caller = callers.current();
    var unused = index.stream(id, caller);
    return Index.only(Index.visibleTo(caller), id).withTypes(Set.of(type));
  }
}
