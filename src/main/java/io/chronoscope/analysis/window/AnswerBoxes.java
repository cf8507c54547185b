package io.chronoscope.analysis.window;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.analysis.window.EventAnswer.ParsedBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Set;

/// The boxes of one event in a model's answer: `"boxes": [{"time": "mm:ss.ff", "bbox_2d": [x1, y1,
/// x2, y2]}]`, in pixels of the picture that the model was shown.
///
/// A single object, a box directly at the event with its time beside it, and the other names in
/// [#BOXES], [#BOX] and [#TIME] are read, too. A box without a time, without four numbers or
/// without an area has no certain meaning and is left out; the event is kept.
///
/// @param boxes in the answer's order
/// @param expectedForm whether all of them have the expected form
record AnswerBoxes(List<ParsedBox> boxes, boolean expectedForm) {

  static final String BOXES = "boxes";

  private static final String TIME = "time";
  private static final String BOX = "bbox_2d";
  private static final Set<String> LISTS = Set.of(BOXES, "bboxes", "bounding_boxes", "track");
  private static final Set<String> BOX_NAMES = Set.of(BOX, "bbox", "box_2d", "box", "bounding_box");
  private static final Set<String> TIME_NAMES = Set.of(TIME, "timestamp", "box_time", "at");
  private static final AnswerBoxes NONE = new AnswerBoxes(List.of(), true);

  AnswerBoxes {
    boxes = List.copyOf(boxes);
  }

  static AnswerBoxes of(JsonNode event) {
    Optional<Entry<String, JsonNode>> list = first(event, LISTS);
    if (list.isEmpty()) {
      return first(event, BOX_NAMES).isEmpty() ? NONE : of(List.of(event), false);
    }
    JsonNode value = list.get().getValue();
    List<JsonNode> entries = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(entries::add);
    } else {
      entries.add(value);
    }
    return of(entries, value.isArray() && list.get().getKey().equals(BOXES));
  }

  private static AnswerBoxes of(List<JsonNode> entries, boolean expectedForm) {
    List<ParsedBox> boxes = new ArrayList<>();
    boolean expected = expectedForm;
    for (JsonNode entry : entries) {
      Optional<ParsedBox> box = box(entry);
      box.ifPresent(boxes::add);
      expected &= box.isPresent() && entry.has(BOX) && isExpectedTime(entry.path(TIME));
    }
    return new AnswerBoxes(boxes, expected);
  }

  private static Optional<ParsedBox> box(JsonNode entry) {
    Optional<JsonNode> corners = first(entry, BOX_NAMES).map(Entry::getValue);
    Optional<Long> micros = first(entry, TIME_NAMES).flatMap(time -> micros(time.getValue()));
    if (corners.isEmpty() || micros.isEmpty() || corners.get().size() != 4) {
      return Optional.empty();
    }
    double[] at = new double[4];
    for (int i = 0; i < at.length; i++) {
      JsonNode corner = corners.get().path(i);
      if (!corner.isNumber()) {
        return Optional.empty();
      }
      at[i] = corner.doubleValue();
    }
    return at[0] < at[2] && at[1] < at[3]
        ? Optional.of(new ParsedBox(micros.get(), at[0], at[1], at[2], at[3]))
        : Optional.empty();
  }

  private static Optional<Long> micros(JsonNode time) {
    try {
      return Optional.of(AnswerTime.of(TIME, time).micros());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isExpectedTime(JsonNode time) {
    return time.isTextual() && AnswerTime.of(time.textValue()).expectedForm();
  }

  private static Optional<Entry<String, JsonNode>> first(JsonNode node, Set<String> names) {
    return node.properties().stream().filter(field -> names.contains(field.getKey())).findFirst();
  }
}
