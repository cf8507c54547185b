package io.chronoscope.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.web.problem.Problem;
import io.chronoscope.web.problem.Reason;
import io.chronoscope.wire.Json;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/// Completes the OpenAPI document when the program is built: the schemas are those that the topics
/// publish (`kafka/schemas`) and those of `openapi/components.json`, and every operation has its
/// problems.
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ApiDescription implements OASFilter {

  /// The published schemas of what the API shows or takes.
  static final List<String> PUBLISHED =
      List.of(
          "event",
          "summary",
          "unanswered",
          "gap",
          "stream-end",
          "alert",
          "answer",
          "dead-letter",
          "rule",
          "question");

  private static final Map<Reason, String> PROBLEMS = new EnumMap<>(Reason.class);

  static {
    PROBLEMS.put(Reason.INVALID_PARAMETER, "A parameter or the body cannot be used");
    PROBLEMS.put(Reason.UNAUTHENTICATED, "A token is required");
    PROBLEMS.put(Reason.FORBIDDEN, "The caller may not do this");
    PROBLEMS.put(Reason.NOT_FOUND, "There is no such resource, or the caller may not see it");
    PROBLEMS.put(Reason.TOO_MANY_REQUESTS, "Too many requests; `Retry-After` says when");
    PROBLEMS.put(Reason.INTERNAL, "The request failed; the log has the cause");
    PROBLEMS.put(Reason.BUSY, "The service is starting or busy; `Retry-After` says when");
  }

  private static final Map<Reason, String> PROBLEMS_OF_VIDEO =
      Map.of(
          Reason.NO_LONGER_RETAINED, "Retention has removed the video",
          Reason.NOT_PLAYABLE, "A browser cannot play the codec, or the video cannot be read");

  private static final Map<Reason, String> PROBLEMS_OF_UPLOADS =
      Map.of(
          Reason.TOO_LARGE, "The body is too large",
          Reason.UNSUPPORTED_MEDIA, "The body is not what its type says, or no video");

  @Override
  public void filterOpenAPI(OpenAPI api) {
    api.setInfo(
        OASFactory.createInfo()
            .title("Chronoscope")
            .version("1")
            .description(
                "What happened in video streams, and exactly when. Results are as on the topics;"
                    + " times are RFC 3339 in UTC; lists have `items` and, when more follow,"
                    + " `next`; problems are RFC 9457."));
    Components components =
        api.getComponents() == null ? OASFactory.createComponents() : api.getComponents();
    api.setComponents(components);
    ObjectNode own = read("/openapi/components.json");
    Map<String, ObjectNode> schemas = new TreeMap<>();
    for (String name : PUBLISHED) {
      schemas.put(name, read("/kafka/schemas/" + name + ".schema.json"));
    }
    SchemaModels.convert(schemas).forEach(components::addSchema);
    own.get("schemas")
        .properties()
        .forEach(schema ->
            components.addSchema(schema.getKey(), SchemaModels.convert(schema.getValue())));
    own.get("parameters")
        .properties()
        .forEach(
            one -> components.addParameter(one.getKey(), parameter(one.getKey(), one.getValue())));
    api.getPaths()
        .getPathItems()
        .forEach((path, item) -> item.getOperations().values().forEach(one -> complete(path, one)));
  }

  private static Parameter parameter(String name, JsonNode json) {
    Parameter parameter =
        OASFactory.createParameter()
            .name(json.path("name").asText(name))
            .in(json.get("in").asText().equals("path") ? Parameter.In.PATH : Parameter.In.QUERY)
            .required(json.get("in").asText().equals("path"))
            .description(json.get("description").asText())
            .schema(SchemaModels.convert(json.get("schema")));
    if (json.has("example")) {
      parameter.setExample(SchemaModels.plain(json.get("example")));
    }
    return parameter;
  }

  private static void complete(String path, Operation operation) {
    PROBLEMS.forEach((reason, text) -> add(operation, reason, text));
    if (path.matches(".*/(clip|thumbnail|playlist\\.m3u8|segments/.*)")) {
      PROBLEMS_OF_VIDEO.forEach((reason, text) -> add(operation, reason, text));
    }
    if (path.matches(".*/(chunks|files)")) {
      PROBLEMS_OF_UPLOADS.forEach((reason, text) -> add(operation, reason, text));
    }
  }

  private static void add(Operation operation, Reason reason, String text) {
    String status = Integer.toString(reason.status());
    if (operation.getResponses().getAPIResponse(status) == null) {
      APIResponse response =
          OASFactory.createAPIResponse()
              .description(text)
              .content(
                  OASFactory.createContent()
                      .addMediaType(
                          Problem.CONTENT_TYPE,
                          OASFactory.createMediaType()
                              .schema(
                                  OASFactory.createSchema().ref("#/components/schemas/Problem"))));
      operation.getResponses().addAPIResponse(status, response);
    }
  }

  private static ObjectNode read(String resource) {
    try (InputStream stream = ApiDescription.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException(resource + " is missing");
      }
      return Json.parse(stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
