package io.chronoscope.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.domain.PercentEncoding;
import io.chronoscope.domain.Question;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.web.access.Caller;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.ResultType;
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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/// Questions about retained video. The answer takes as long as the model looks: a client asks, then
/// reads the answer under the question's id, or follows changes.
@Path("/questions")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.VIEWER)
@Tag(name = "Questions", description = "Questions about retained video")
public class QuestionResource {

  private static final List<String> FIELDS = List.of("stream", "question", "from", "to");

  private final Publishers publishers;
  private final Index index;
  private final Callers callers;
  private final AskedQuestions asked;

  QuestionResource(Publishers publishers, Index index, Callers callers, AskedQuestions asked) {
    this.publishers = publishers;
    this.index = index;
    this.callers = callers;
    this.asked = asked;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "ask",
      summary = "Ask a question",
      description = "The model looks at the range and says when it happens.")
  @RequestBody(content = @Content(schema = @Schema(ref = "question")))
  @APIResponse(
      responseCode = "202",
      description = "It is asked; `Location` has the answer later",
      content = @Content(schema = @Schema(ref = "QuestionState")))
  public Response ask(InputStream body) {
    ObjectNode json = Bodies.json(body);
    Caller caller = callers.current();
    String stream = Bodies.text(json, "stream");
    caller.requireStream(stream);
    Question question = question(json, stream);
    var unused = Publishers.acknowledged(publishers.questions().ask(question));
    asked.add(question.id(), stream);
    return Response.accepted(pending(question.id()))
        .header(HttpHeaders.LOCATION, "/api/questions/" + PercentEncoding.of(question.id()))
        .build();
  }

  private static Question question(ObjectNode json, String stream) {
    Instant from = Parameters.requiredTimeOfBody("from", Bodies.text(json, "from"));
    Instant to = Parameters.requiredTimeOfBody("to", Bodies.text(json, "to"));
    try {
      return new Question(
          "web-" + UUID.randomUUID(), stream, Bodies.text(json, "question"), from, to);
    } catch (IllegalArgumentException e) {
      throw Bodies.invalid(String.valueOf(e.getMessage()), FIELDS);
    }
  }

  @GET
  @Path("{id}")
  @Operation(
      operationId = "getAnswer",
      summary = "The answer",
      description = "Or that there is none yet.")
  @APIResponse(
      responseCode = "200",
      description = "The state of the question",
      content = @Content(schema = @Schema(ref = "QuestionState")))
  public ObjectNode answer(
      @Parameter(description = "The question's id", example = "web-1b9d") @PathParam("id")
          String id) {
    Caller caller = callers.current();
    Optional<IndexedResult> answer = index.get().find(ResultType.ANSWER, id);
    String stream =
        answer
            .map(IndexedResult::stream)
            .or(() -> asked.streamOf(id))
            .filter(caller::maySee)
            .orElseThrow(() ->
                new ProblemException(
                    Reason.NOT_FOUND, "there is no question " + Parameters.excerpt(id)));
    ObjectNode json = pending(id).put("stream", stream);
    answer.ifPresent(one -> {
      json.put("state", "answered");
      json.set("answer", Index.json(one));
    });
    return json;
  }

  private static ObjectNode pending(String id) {
    return Json.newObject().put("id", id).put("state", "pending");
  }
}
