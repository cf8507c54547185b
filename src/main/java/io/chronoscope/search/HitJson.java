package io.chronoscope.search;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.search.SearchHit.Emphasis;
import io.chronoscope.search.SearchHit.Fragment;
import io.chronoscope.search.SearchHit.Grounding;
import io.chronoscope.wire.Json;
import java.util.List;

/// Parts of a hit as JSON, the same over HTTP and on the command line.
public final class HitJson {

  private HitJson() {}

  /// The text in pieces: `[{"text": …, "match": …}, …]`.
  public static ArrayNode text(List<Fragment> fragments) {
    ArrayNode pieces = Json.newObject().arrayNode();
    for (Fragment fragment : fragments) {
      pieces
          .addObject()
          .put("text", fragment.text())
          .put("match", fragment.emphasis() == Emphasis.MATCH);
    }
    return pieces;
  }

  /// What the model saw: `{"outcome": …}`, with a confidence or a reason.
  public static ObjectNode grounding(Grounding grounding) {
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
