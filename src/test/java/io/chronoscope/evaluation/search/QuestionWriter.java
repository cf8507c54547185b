package io.chronoscope.evaluation.search;

import io.chronoscope.evaluation.search.GeneratedStreams.Truth;
import io.chronoscope.evaluation.search.Happening.Act;
import io.chronoscope.evaluation.search.SearchQuestion.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// Writes questions about generated streams: of every class the same number, in the wordings of one
/// of two sets that share none.
final class QuestionWriter {

  /// Other words for what the descriptions say.
  ///
  /// @param colors other words for each color
  /// @param shapes other words for each shape
  /// @param directions what follows "moves" in other words, for each direction
  /// @param appears ways to say that a figure appears, after the figure
  /// @param stops ways to say that it then stops
  /// @param turns ways to say that it changes, with the color at the end
  /// @param dark ways to say that the light goes off
  /// @param elsewhere what never happens in the demo world
  /// @param strangers figures that never occur
  record Wording(
      Map<String, List<String>> colors,
      Map<String, List<String>> shapes,
      Map<String, List<String>> directions,
      List<String> appears,
      List<String> stops,
      List<String> turns,
      List<String> dark,
      List<String> elsewhere,
      List<String> strangers) {}

  static final Wording EVALUATION =
      new Wording(
          Map.of(
              "red", List.of("crimson", "bright red"),
              "green", List.of("emerald", "leaf green"),
              "blue", List.of("azure", "sky-blue"),
              "yellow", List.of("golden", "lemon yellow"),
              "purple", List.of("violet", "dark purple"),
              "white", List.of("snow-white", "plain white")),
          Map.of(
              "circle", List.of("disc", "round shape"),
              "square", List.of("box", "square shape"),
              "triangle", List.of("triangular shape", "three-sided shape"),
              "cross", List.of("plus sign", "cross shape")),
          Map.of(
              "left",
                  List.of("drifts to the left", "slides leftwards", "goes towards the left side"),
              "right",
                  List.of(
                      "drifts to the right", "slides rightwards", "goes towards the right side"),
              "up", List.of("drifts upwards", "rises", "goes up"),
              "down", List.of("drifts downwards", "sinks", "goes down")),
          List.of("shows up", "comes into view", "can be seen"),
          List.of("and comes to rest", "and then stands still"),
          List.of("becomes %s", "changes its color to %s"),
          List.of("it gets dark", "someone switches the lamp off", "the room goes dark"),
          List.of(
              "a dog barks at the mailman",
              "two people shake hands",
              "a car parks in front of the garage",
              "someone opens the fridge",
              "a child falls off a bicycle",
              "the phone rings",
              "smoke comes out of the oven",
              "a cat jumps on the table",
              "a delivery truck unloads parcels",
              "rain starts to fall",
              "a woman waters the flowers",
              "the elevator doors close",
              "a forklift lifts a pallet",
              "a player scores a goal",
              "the train leaves the station",
              "a bird lands on the fence",
              "a man in a hat walks by",
              "somebody drops a glass",
              "the crowd applauds",
              "a boat passes under the bridge"),
          List.of(
              "an orange circle",
              "a hexagon",
              "a pink square",
              "a brown triangle",
              "a five-pointed star",
              "a black cross",
              "a gray rectangle",
              "an oval"));

  static final Wording CALIBRATION =
      new Wording(
          Map.of(
              "red",
              List.of("scarlet", "reddish", "ruby", "cherry red", "red-colored"),
              "green",
              List.of("lime", "greenish", "grass-green", "olive", "dark green"),
              "blue",
              List.of("navy", "bluish", "cobalt", "light blue", "blue-colored"),
              "yellow",
              List.of("amber", "yellowish", "mustard", "canary yellow", "pale yellow"),
              "purple",
              List.of("lilac", "purple-colored", "lavender", "mauve", "deep purple"),
              "white",
              List.of("whitish", "white-colored", "milky", "ivory", "pure white")),
          Map.of(
              "circle",
              List.of("disk", "round thing", "ring", "circular figure", "ball"),
              "square",
              List.of(
                  "quadratic figure",
                  "square thing",
                  "four-sided figure",
                  "square block",
                  "square figure"),
              "triangle",
              List.of(
                  "triangular thing",
                  "three-cornered figure",
                  "wedge",
                  "triangle-shaped object",
                  "trigon"),
              "cross",
              List.of(
                  "cross-shaped thing", "plus", "crossed lines", "cross figure", "x-shaped mark")),
          Map.of(
              "left",
              List.of(
                  "travels left",
                  "glides to the left edge",
                  "heads left",
                  "shifts to the left",
                  "is moving left"),
              "right",
              List.of(
                  "travels right",
                  "glides to the right edge",
                  "heads right",
                  "shifts to the right",
                  "is moving right"),
              "up",
              List.of("travels upward", "climbs", "floats up", "heads for the top", "is moving up"),
              "down",
              List.of(
                  "travels downward",
                  "descends",
                  "falls",
                  "heads for the bottom",
                  "is moving down")),
          List.of(
              "pops up",
              "turns up in the picture",
              "emerges",
              "becomes visible",
              "enters the scene"),
          List.of(
              "and halts",
              "and stays where it is",
              "and pauses",
              "before it stops",
              "and ends up motionless"),
          List.of(
              "turns into %s",
              "gets %s", "turns from its color to %s", "switches to %s", "is %s afterwards"),
          List.of(
              "the lamp goes out",
              "darkness",
              "lights out",
              "the lights are turned off",
              "everything turns black"),
          List.of(
              "a truck backs up to the gate",
              "somebody climbs over the fence",
              "the baby cries",
              "a waiter brings the food",
              "a fox crosses the yard",
              "the machine jams",
              "water floods the floor",
              "a drone flies over the roof",
              "three kids play soccer",
              "a cyclist runs the stop sign",
              "an ambulance arrives",
              "the shop window breaks",
              "a nurse enters the room",
              "snow covers the road",
              "a horse gallops",
              "the conveyor belt stands still",
              "a suitcase is left behind",
              "a plane takes off",
              "the guard falls asleep",
              "a fire breaks out",
              "a man turns the key",
              "the bus stops at the corner",
              "people move out of the way",
              "a student raises her hand",
              "the curtain goes down",
              "a hand appears at the window",
              "somebody paints the wall white",
              "a girl in a red coat waits",
              "the door on the left is open",
              "a blue van pulls over",
              "leaves turn yellow",
              "the screen freezes",
              "a worker stacks boxes",
              "a kite goes up",
              "the chef cuts onions",
              "a swimmer dives",
              "the light turns green for pedestrians",
              "a stray ball rolls onto the street",
              "someone moves the sofa",
              "the gate closes"),
          List.of(
              "a turquoise circle",
              "a pentagon",
              "a brown cross",
              "an orange triangle",
              "a diamond",
              "a gray square",
              "an ellipse",
              "a black circle",
              "a silver triangle",
              "a pink cross",
              "a rectangle",
              "a star",
              "a black square",
              "an orange cross",
              "a heart",
              "an arrow"));

  private static final int RANGE_MIN = 30;
  private static final int SHORT_RANGE_MIN = 3;

  private final GeneratedStreams streams;
  private final Wording wording;
  private final Random random;
  private final int minutes;

  QuestionWriter(GeneratedStreams streams, int minutesEach, Wording wording, long seed) {
    this.streams = streams;
    this.minutes = minutesEach;
    this.wording = wording;
    this.random = new Random(seed);
  }

  /// @param each questions of each class
  List<SearchQuestion> write(int each) {
    Set<SearchQuestion> questions = new LinkedHashSet<>();
    fill(questions, each, this::exact);
    fill(questions, each, this::paraphrase);
    fill(questions, each, this::word);
    fill(questions, each, this::negative);
    return List.copyOf(questions);
  }

  @FunctionalInterface
  private interface Draft {

    /// @return empty when what was drawn does not do
    Optional<SearchQuestion> draw(int number);
  }

  private static void fill(Set<SearchQuestion> questions, int count, Draft draft) {
    int wanted = questions.size() + count;
    while (questions.size() < wanted) {
      draft.draw(wanted - questions.size()).ifPresent(questions::add);
    }
  }

  private Truth truth() {
    return streams.truths().get(random.nextInt(streams.truths().size()));
  }

  private int minuteOf(Truth truth) {
    return (int) Duration.between(GeneratedStreams.origin(), truth.start()).toMinutes();
  }

  private SearchQuestion about(Kind kind, String text, Truth truth, int length, Happening asked) {
    int from = Math.max(0, Math.min(minutes - length, minuteOf(truth) - random.nextInt(length)));
    return new SearchQuestion(kind, text, truth.stream(), from, from + length, Optional.of(asked));
  }

  private Optional<SearchQuestion> answered(SearchQuestion question) {
    return question.relevant(streams.truths()).isEmpty() ? Optional.empty() : Optional.of(question);
  }

  private Optional<SearchQuestion> exact(int number) {
    Truth truth = truth();
    String text = truth.happening().describe();
    return answered(
        about(
            Kind.EXACT,
            text.substring(0, text.length() - 1).toLowerCase(Locale.ROOT),
            truth,
            RANGE_MIN,
            truth.happening()));
  }

  private Optional<SearchQuestion> paraphrase(int number) {
    Truth truth = truth();
    return answered(
        about(
            Kind.PARAPHRASE, inOtherWords(truth.happening()), truth, RANGE_MIN, truth.happening()));
  }

  private String inOtherWords(Happening one) {
    if (one.act().equals(Optional.of(Act.LIGHT_OFF))) {
      return any(wording.dark());
    }
    String figure =
        "a "
            + any(wording.colors().get(one.color().orElseThrow()))
            + " "
            + any(wording.shapes().get(one.shape().orElseThrow()));
    return switch (one.act().orElseThrow()) {
      case APPEAR -> figure + " " + any(wording.appears());
      case MOVE -> figure + " " + any(wording.directions().get(one.direction().orElseThrow()));
      case MOVE_AND_STOP ->
          figure
              + " "
              + any(wording.directions().get(one.direction().orElseThrow()))
              + " "
              + any(wording.stops());
      case TURN ->
          figure
              + " "
              + any(wording.turns())
                  .formatted(any(wording.colors().get(one.turnsTo().orElseThrow())));
      case LIGHT_OFF -> throw new IllegalStateException();
    };
  }

  private String any(List<String> some) {
    return some.get(random.nextInt(some.size()));
  }

  private Optional<SearchQuestion> word(int number) {
    Truth truth = truth();
    Happening one = truth.happening();
    Optional<String> open = Optional.empty();
    List<Map.Entry<String, Happening>> choices = new ArrayList<>();
    one.shape()
        .ifPresent(shape ->
            choices.add(
                Map.entry(shape, new Happening(Optional.empty(), open, one.shape(), open, open))));
    one.color()
        .ifPresent(color ->
            choices.add(
                Map.entry(color, new Happening(Optional.empty(), one.color(), open, open, open))));
    one.direction()
        .ifPresent(way ->
            choices.add(
                Map.entry(
                    way, new Happening(Optional.empty(), open, open, one.direction(), open))));
    switch (one.act().orElseThrow()) {
      case LIGHT_OFF -> choices.add(Map.entry("light", one));
      case MOVE_AND_STOP ->
          choices.add(Map.entry("stops", new Happening(one.act(), open, open, open, open)));
      case TURN ->
          choices.add(Map.entry("turns", new Happening(one.act(), open, open, open, open)));
      case APPEAR ->
          choices.add(Map.entry("appears", new Happening(one.act(), open, open, open, open)));
      case MOVE -> {}
    }
    Map.Entry<String, Happening> choice = choices.get(random.nextInt(choices.size()));
    return answered(about(Kind.WORD, choice.getKey(), truth, SHORT_RANGE_MIN, choice.getValue()));
  }

  /// In turn: what is foreign to the world, figures that never occur, and what does not happen in
  /// that time.
  private Optional<SearchQuestion> negative(int number) {
    return switch (number % 3) {
      case 0 -> Optional.of(foreign(any(wording.elsewhere())));
      case 1 ->
          Optional.of(
              foreign(
                  any(wording.strangers())
                      + " "
                      + any(
                          List.of(
                              "appears", "moves left", "moves right", "moves up", "moves down"))));
      default -> absent();
    };
  }

  private SearchQuestion foreign(String text) {
    Truth truth = truth();
    int from = random.nextInt(minutes - RANGE_MIN);
    return new SearchQuestion(
        Kind.NEGATIVE, text, truth.stream(), from, from + RANGE_MIN, Optional.empty());
  }

  private Optional<SearchQuestion> absent() {
    Truth elsewhere = truth();
    String text = elsewhere.happening().describe();
    int from = random.nextInt(minutes - RANGE_MIN);
    SearchQuestion question =
        new SearchQuestion(
            Kind.NEGATIVE,
            text.substring(0, text.length() - 1).toLowerCase(Locale.ROOT),
            elsewhere.stream(),
            from,
            from + RANGE_MIN,
            Optional.of(elsewhere.happening()));
    return question.relevant(streams.truths()).isEmpty() ? Optional.of(question) : Optional.empty();
  }
}
