package io.chronoscope.cli.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.PercentEncoding;
import io.chronoscope.search.SearchHit;
import io.chronoscope.search.SearchHit.Emphasis;
import io.chronoscope.search.SearchHit.Grounding;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.Rfc3339;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// One hit as `--json` prints it.
///
/// @param start of the moment: of the video if the model checked it, else of the result
/// @param score how likely it is what was meant, 0 to 1
/// @param confidence of the result itself, where it states one
/// @param link opens the page at the moment, relative to the service's address
/// @param result the record as on its topic
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record HitJson(
    int rank,
    String stream,
    String start,
    String end,
    long toleranceMs,
    double score,
    OptionalDouble confidence,
    List<Piece> text,
    Optional<Ground> grounding,
    String link,
    JsonNode result) {

  record Piece(String text, boolean match) {}

  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Ground(String outcome, OptionalDouble confidence, Optional<String> reason) {

    static Ground of(Grounding grounding) {
      return switch (grounding) {
        case Grounding.Confirmed yes ->
            new Ground("confirmed", OptionalDouble.of(yes.confidence()), Optional.empty());
        case Grounding.NotConfirmed no ->
            new Ground("not_confirmed", OptionalDouble.empty(), Optional.empty());
        case Grounding.Unchecked unknown ->
            new Ground("unchecked", OptionalDouble.empty(), Optional.of(unknown.reason()));
      };
    }
  }

  static HitJson of(int rank, SearchHit hit) {
    String stream = hit.result().stream();
    String start = Rfc3339.format(hit.start());
    return new HitJson(
        rank,
        stream,
        start,
        Rfc3339.format(hit.end()),
        hit.toleranceMs(),
        Math.round(hit.score() * 1e4) / 1e4,
        hit.result().confidence(),
        hit.text().stream()
            .map(piece -> new Piece(piece.text(), piece.emphasis() == Emphasis.MATCH))
            .toList(),
        hit.grounding().map(Ground::of),
        "/#stream=%s&at=%s".formatted(PercentEncoding.of(stream), start),
        Json.parse(hit.result().published().json().getBytes(StandardCharsets.UTF_8)));
  }
}
