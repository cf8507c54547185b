package io.chronoscope.web;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.decode.MediaTask.ClipMode;
import io.chronoscope.domain.PercentEncoding;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.InvalidQueryException;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.ResultListing;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.play.ClipCache.Cached;
import io.chronoscope.web.play.Clips;
import io.chronoscope.web.problem.ProblemException;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.ResultType;
import io.chronoscope.wire.Rfc3339;
import io.quarkiverse.mcp.server.Tool;
import io.quarkiverse.mcp.server.ToolArg;
import io.quarkiverse.mcp.server.ToolCallException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// What a language model may use through the Model Context Protocol, at `/mcp`: the reading half of
/// the API. Answers are the JSON that the API gives; texts in them are what streams show and what
/// producers named, never instructions.
@Singleton
@RolesAllowed(Role.VIEWER)
public class McpTools {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
  private static final int MAX_ITEMS = 200;

  private final Index index;
  private final Callers callers;
  private final Publishers publishers;
  private final AskedQuestions asked;
  private final Clips clips;

  McpTools(Index index, Callers callers, Publishers publishers, AskedQuestions asked, Clips clips) {
    this.index = index;
    this.callers = callers;
    this.publishers = publishers;
    this.asked = asked;
    this.clips = clips;
  }

  @Tool(
      name = "search",
      description =
          "Finds moments in video streams by a description in words. Answers with ranked moments"
              + " and their times, or that nothing fits.")
  String search(
      @ToolArg(description = "What to find, in words") String query,
      @ToolArg(description = "Only these streams; * matches any characters", required = false)
          Optional<String> stream,
      @ToolArg(description = "Not before this time, RFC 3339", required = false)
          Optional<String> from,
      @ToolArg(description = "Before this time, RFC 3339", required = false) Optional<String> to) {
    return answer(() ->
        SearchResource.json(
            query,
            index
                .get()
                .search(
                    new SearchRequest(
                        Parameters.required("query", query), filter(stream, from, to), 10))));
  }

  @Tool(
      name = "events",
      description = "Lists what happened in video streams in a time range, oldest first.")
  String events(
      @ToolArg(description = "Only these streams; * matches any characters", required = false)
          Optional<String> stream,
      @ToolArg(description = "Not before this time, RFC 3339", required = false)
          Optional<String> from,
      @ToolArg(description = "Before this time, RFC 3339", required = false) Optional<String> to) {
    return answer(() ->
        index.page(
            new ResultListing(
                filter(stream, from, to).withTypes(Set.of(ResultType.EVENT)),
                ResultListing.Order.OLDEST_FIRST,
                MAX_ITEMS)));
  }

  @Tool(
      name = "summary",
      description = "Gives the summaries of one stream in a time range, at a level of detail.")
  String summary(
      @ToolArg(description = "The stream's id") String stream,
      @ToolArg(description = "window, minute, hour or stream (default)", required = false)
          Optional<String> level,
      @ToolArg(description = "Not before this time, RFC 3339", required = false)
          Optional<String> from,
      @ToolArg(description = "Before this time, RFC 3339", required = false) Optional<String> to) {
    return answer(() -> {
      var unused = index.stream(stream, callers.current());
      return index.page(
          new ResultListing(
              filter(Optional.of(stream), from, to)
                  .withTypes(Set.of(ResultType.SUMMARY))
                  .withLevels(Parameters.constants("level", Level.class, level.orElse("stream"))),
              ResultListing.Order.OLDEST_FIRST,
              MAX_ITEMS),
          stream);
    });
  }

  @Tool(
      name = "ask",
      description =
          "Has the vision model look at a time range of one stream for something, and answers when"
              + " it happens. Takes seconds to a minute.")
  String ask(
      @ToolArg(description = "The stream's id") String stream,
      @ToolArg(description = "What to look for, in words") String question,
      @ToolArg(description = "Start of the range, RFC 3339") String from,
      @ToolArg(description = "End of the range, RFC 3339") String to) {
    return answer(() -> {
      callers.current().requireStream(stream);
      Question put =
          new Question(
              "mcp-" + UUID.randomUUID(),
              stream,
              question,
              Parameters.requiredTime("from", from),
              Parameters.requiredTime("to", to));
      var unused = Publishers.acknowledged(publishers.questions().ask(put));
      asked.add(put.id(), stream);
      return await(put.id())
          .map(Index::json)
          .orElseGet(() ->
              Json.newObject()
                  .put("state", "pending")
                  .put("answerAt", "/api/questions/" + PercentEncoding.of(put.id())));
    });
  }

  private Optional<IndexedResult> await(String id) {
    long deadline = System.nanoTime() + ANSWER_WITHIN.toNanos();
    Optional<IndexedResult> answer = index.get().find(ResultType.ANSWER, id);
    while (answer.isEmpty() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      answer = index.get().find(ResultType.ANSWER, id);
    }
    return answer;
  }

  @Tool(
      name = "clip",
      description =
          "Cuts a time range of one stream as an MP4 and answers with the path that plays it and"
              + " the time of its first frame.")
  String clip(
      @ToolArg(description = "The stream's id") String stream,
      @ToolArg(description = "Start of the range, RFC 3339") String from,
      @ToolArg(description = "End of the range, RFC 3339") String to) {
    return answer(() -> {
      callers.current().requireStream(stream);
      Instant start = Parameters.requiredTime("from", from);
      Instant end = Parameters.requiredTime("to", to);
      Cached made = clips.make(stream, start, end, ClipMode.COPY);
      return Json.newObject()
          .put(
              "path",
              "/api/streams/%s/clip?from=%s&to=%s"
                  .formatted(
                      PercentEncoding.of(stream), Rfc3339.format(start), Rfc3339.format(end)))
          .put("start", time(made.clip().startMicros()))
          .put("end", time(made.clip().endMicros()))
          .put("bytes", made.sizeBytes())
          .put("codec", made.clip().codec());
    });
  }

  private static String time(long micros) {
    return Rfc3339.format(StreamClock.ofEpochMicros(micros));
  }

  private ResultFilter filter(Optional<String> stream, Optional<String> from, Optional<String> to) {
    return Parameters.narrowed(
        Index.visibleTo(callers.current()),
        stream.orElse(null),
        from.orElse(null),
        to.orElse(null));
  }

  /// A problem is an answer, too: the caller can correct its request.
  private static String answer(Supplier<JsonNode> tool) {
    try {
      return new String(Json.bytes(tool.get()), StandardCharsets.UTF_8);
    } catch (ProblemException e) {
      throw new ToolCallException(
          e.problem().field().map(field -> field + ": ").orElse("") + e.problem().detail());
    } catch (InvalidQueryException e) {
      throw new ToolCallException(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new ToolCallException(String.valueOf(e.getMessage()));
    }
  }
}
