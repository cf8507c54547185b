package io.chronoscope.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchHit.Grounding;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.grounding.GroundedSearch;
import io.chronoscope.search.grounding.QuestionGrounding;
import io.chronoscope.search.query.SearchText;
import io.chronoscope.service.KafkaBeans;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.Rfc3339;
import io.chronoscope.wire.TopicNames;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Search in words, or by a picture.
@Path("/search")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Role.VIEWER)
@Tag(name = "Search", description = "Finds the moment in words, or says that there is none")
public class SearchResource {

  /// Searches whose hits the model checks at the same time.
  private static final int MAX_GROUNDING = 2;

  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(60);

  private final Index index;
  private final Callers callers;
  private final Map<String, Object> kafka;
  private final TopicNames names;
  private final SearchPictures pictures;
  private final Semaphore grounding = new Semaphore(MAX_GROUNDING);

  SearchResource(
      Index index,
      Callers callers,
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names,
      SearchPictures pictures) {
    this.index = index;
    this.callers = callers;
    this.kafka = kafka;
    this.names = names;
    this.pictures = pictures;
  }

  @GET
  @Operation(
      operationId = "search",
      summary = "Search",
      description =
          "Ranked moments that fit the words, with their bounds, tolerance, and links that play and"
              + " show them; or none, when nothing fits well enough. `ground=true` has the model"
              + " check the best of them in the video.")
  @APIResponse(
      responseCode = "200",
      description = "What was found",
      content = @Content(schema = @Schema(ref = "SearchAnswer")))
  public ObjectNode search(
      @Parameter(
              description = "What to find, in words; \"quoted\" words must occur as written",
              required = true,
              example = "a red circle stops")
          @QueryParam("q")
          @Nullable String q,
      @BeanParam SearchParameters parameters) {
    return answer(Parameters.required("q", q), parameters.scope(callers.current()));
  }

  @POST
  @Path("picture")
  @Consumes(MediaType.WILDCARD)
  @Operation(
      operationId = "searchByPicture",
      summary = "Search by picture",
      description =
          "The body is a picture (JPEG, PNG, WebP or BMP, at most 10 MB). The model describes it, and"
              + " the description is searched for; `query` in the answer says what it is.")
  @RequestBody(content = @Content(mediaType = "image/jpeg"))
  @APIResponse(
      responseCode = "200",
      description = "What was found",
      content = @Content(schema = @Schema(ref = "SearchAnswer")))
  public ObjectNode searchByPicture(
      @BeanParam SearchParameters parameters,
      @HeaderParam("Content-Type") @Nullable String contentType,
      InputStream body) {
    SearchParameters.Scope scope = parameters.scope(callers.current());
    String shown = SearchText.ofWords(pictures.describe(contentType, body));
    if (shown.isBlank()) {
      return json("", new SearchOutcome.NothingFound("the model sees nothing in the picture"));
    }
    return answer(shown, scope);
  }

  private ObjectNode answer(String text, SearchParameters.Scope scope) {
    SearchRequest request = scope.request(text);
    return json(text, scope.grounded() ? grounded(request) : index.get().search(request));
  }

  private SearchOutcome grounded(SearchRequest request) {
    if (!grounding.tryAcquire()) {
      throw ProblemException.later(
          Reason.BUSY, "the model is checking the hits of other searches", Duration.ofSeconds(10));
    }
    try {
      return new GroundedSearch(index.get(), new QuestionGrounding(kafka, names, ANSWERED_WITHIN))
          .search(request);
    } finally {
      grounding.release();
    }
  }

  static ObjectNode json(String query, SearchOutcome outcome) {
    ObjectNode json = Json.newObject().put("query", query);
    ArrayNode items = json.putArray("items");
    switch (outcome) {
      case SearchOutcome.Found found -> found.hits().forEach(hit -> items.add(json(hit)));
      case SearchOutcome.NothingFound(String reason) -> json.put("nothingFound", reason);
    }
    return json;
  }

  private static ObjectNode json(SearchHit hit) {
    String stream = hit.result().stream();
    ObjectNode json =
        Json.newObject()
            .put("stream", stream)
            .put("start", Rfc3339.format(hit.start()))
            .put("end", Rfc3339.format(hit.end()))
            .put("toleranceMs", hit.toleranceMs())
            .put("score", hit.score());
    ArrayNode text = json.putArray("text");
    for (SearchHit.Fragment fragment : hit.text()) {
      text.addObject()
          .put("text", fragment.text())
          .put("match", fragment.emphasis() == SearchHit.Emphasis.MATCH);
    }
    hit.grounding().ifPresent(grounding -> json.set("grounding", json(grounding)));
    json.set("result", Index.json(hit.result()));
    json.put("clip", MediaLinks.clip(stream, hit.start(), hit.end()));
    json.put("thumbnail", MediaLinks.thumbnail(stream, hit.start(), hit.end()));
    return json;
  }

  private static ObjectNode json(Grounding grounding) {
    ObjectNode json = Json.newObject();
    return switch (grounding) {
      case Grounding.Confirmed confirmed ->
          json.put("outcome", "confirmed").put("confidence", confirmed.confidence());
      case Grounding.NotConfirmed not -> json.put("outcome", "not_confirmed");
      case Grounding.Unchecked(String reason) ->
          json.put("outcome", "unchecked").put("reason", reason);
    };
  }
}
