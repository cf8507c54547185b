package io.chronoscope.web;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.ResultIndex;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Changes as they happen, as server-sent events. Each follower has a virtual thread and a place in
/// the sequence of changes, and no buffer besides the one batch that is being written: a slow
/// follower gets fewer revisions, and one that does not read at all is disconnected.
@Path("/updates")
@RolesAllowed(Role.VIEWER)
@Tag(name = "Updates", description = "Changes as they happen")
public class UpdatesResource {

  private final Index index;
  private final Callers callers;
  private final StreamJson streamJson;
  private final Semaphore places;

  UpdatesResource(Index index, Callers callers, StreamJson streamJson, ChronoscopeConfig settings) {
    this.index = index;
    this.callers = callers;
    this.streamJson = streamJson;
    this.places = new Semaphore(settings.http().maxFollowers());
  }

  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Operation(
      operationId = "followUpdates",
      summary = "Follow changes",
      description =
          """
          Server-sent events. The first is `ready`; its id is the current position, so that lists \
          loaded after it and events that follow it together miss nothing. Then:

          - `record`: a result was published, or another revision of one; as on its topic.
          - `stream`: the state or the counts of a stream changed; as in the list of streams.
          - `removed`: a result is gone; its `type`, `stream` and `id`.
          - `reset`: the index was built anew, or changes since the position are forgotten; load the \
          lists again.

          A reconnect with `Last-Event-ID` (browsers do this themselves) resumes after that event. \
          A comment is sent at least every 10 seconds.\
          """)
  @APIResponse(
      responseCode = "200",
      description = "Events",
      content = @Content(mediaType = MediaType.SERVER_SENT_EVENTS))
  public void follow(
      @Parameter(description = "Id of the last event received", example = "k3v9.17")
          @HeaderParam("Last-Event-ID")
          @Nullable String lastEventId,
      @Parameter(description = "The same, for clients that cannot set headers")
          @QueryParam("lastEventId")
          @Nullable String lastEventIdParameter,
      @Parameter(ref = "stream") @QueryParam("stream") @Nullable String stream,
      @Context SseEventSink sink,
      @Context Sse sse) {
    ResultFilter visible = ResultFilter.ALL.withVisible(callers.current().streams());
    Optional<StreamPattern> pattern = Parameters.pattern("stream", stream);
    ResultFilter filter = pattern.map(visible::withStream).orElse(visible);
    Optional<ChangePosition> after =
        Parameters.text(lastEventId)
            .or(() -> Parameters.text(lastEventIdParameter))
            .map(UpdatesResource::position);
    ResultIndex results = index.get();
    if (!places.tryAcquire()) {
      throw ProblemException.later(
          Reason.BUSY,
          "as many clients follow changes as chronoscope.http.max-followers allows",
          Duration.ofSeconds(10));
    }
    Follower follower = new Follower(results, filter, streamJson, sink, sse);
    var unused =
        Thread.ofVirtual()
            .name("follower")
            .start(() -> {
              try {
                follower.run(after);
              } finally {
                places.release();
              }
            });
  }

  /// A position that no index knows counts as one that is forgotten.
  private static ChangePosition position(String token) {
    try {
      return ChangePosition.parse(token);
    } catch (IllegalArgumentException e) {
      return new ChangePosition("unknown", 0);
    }
  }
}
