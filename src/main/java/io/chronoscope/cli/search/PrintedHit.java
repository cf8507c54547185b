package io.chronoscope.cli.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.PercentEncoding;
import io.chronoscope.search.HitJson;
import io.chronoscope.search.SearchHit;
import io.chronoscope.wire.Json;
import io.chronoscope.wire.Rfc3339;
import java.nio.charset.StandardCharsets;
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
record PrintedHit(
    int rank,
    String stream,
    String start,
    String end,
    long toleranceMs,
    double score,
    OptionalDouble confidence,
    JsonNode text,
    Optional<JsonNode> grounding,
    String link,
    JsonNode result) {

  static PrintedHit of(int rank, SearchHit hit) {
    String stream = hit.result().stream();
    String start = Rfc3339.format(hit.start());
    return new PrintedHit(
        rank,
        stream,
        start,
        Rfc3339.format(hit.end()),
        hit.toleranceMs(),
        Math.round(hit.score() * 1e4) / 1e4,
        hit.result().confidence(),
        HitJson.text(hit.text()),
        hit.grounding().map(HitJson::grounding),
        "/#stream=%s&at=%s".formatted(PercentEncoding.of(stream), start),
        Json.parse(hit.result().published().json().getBytes(StandardCharsets.UTF_8)));
  }
}
