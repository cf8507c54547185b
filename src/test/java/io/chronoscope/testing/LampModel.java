package io.chronoscope.testing;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.OrderingLimits;
import io.chronoscope.analysis.Prompts;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Picture;
import io.chronoscope.qwen.image.BicubicResize;
import io.chronoscope.sampling.FixedRate;
import io.chronoscope.sampling.SamplingLimits;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.ModelProfile;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.VideoLanguageModel;
import io.chronoscope.vlm.YesNoTokens;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Fake model that sees the lamps of a [LampVideo] and answers in the real model's format: one
/// event for each time a lamp is on. Asked whether something happens, it takes the first lamp that
/// the question names (`Lamp-aaa`) and says yes if that lamp is ever on; asked when, it names the
/// first such time.
public class LampModel implements VideoLanguageModel {

  public static final double FPS = 2;

  /// Settings with which the model sees every frame that it needs.
  public static AnalysisSettings settings(WindowPlan windows, Duration idleTimeout) {
    return new AnalysisSettings(
        windows,
        SamplingLimits.DEFAULTS.withFixed(FixedRate.even(FPS)),
        DecodeLimits.DEFAULTS,
        602_112,
        idleTimeout,
        1 << 20,
        512,
        Optional.empty(),
        Set.of(),
        OrderingLimits.DEFAULTS,
        AnalysisSettings.Events.ALL);
  }

  private static final int YES = 7;
  private static final int NO = 8;
  private static final int OTHER = 9;
  private static final Pattern LAMP = Pattern.compile("Lamp-([a-z])");
  private static final Pattern QUOTED = Pattern.compile("'([^']*)'");

  public final AtomicInteger encodedPairs = new AtomicInteger();
  public final AtomicInteger questions = new AtomicInteger();

  /// The questions of each batch.
  public final List<List<String>> batches = new CopyOnWriteArrayList<>();

  public volatile int maxPositions = 32_768;

  public volatile ModelProfile profile = ModelProfile.PLAIN;

  /// Probability of yes for a lamp that is on, and of no for one that is off.
  public volatile double sureness = 0.9;

  /// Replaces an answer, given the question and the usual answer.
  public volatile BiFunction<String, String, String> disturb = (question, answer) -> answer;

  @Override
  public ModelRef ref() {
    return new ModelRef("flash", "1");
  }

  @Override
  public FrameSize frameSize(FrameSize nativeSize, long maxPixels) {
    return new FrameSize(LampVideo.SIZE, LampVideo.SIZE);
  }

  @Override
  public Picture resize(Picture frame, FrameSize size) {
    return BicubicResize.resize(frame, size);
  }

  @Override
  public int tokensPerPair(FrameSize size) {
    return 1;
  }

  @Override
  public ModelProfile profile() {
    return profile;
  }

  @Override
  public int maxPositions() {
    return maxPositions;
  }

  @Override
  public List<EncodedPair> encode(List<FramePair> pairs) {
    encodedPairs.addAndGet(pairs.size());
    return pairs.stream()
        .map(pair -> {
          float[] lamps = new float[2 * LampVideo.LAMPS];
          for (int lamp = 0; lamp < LampVideo.LAMPS; lamp++) {
            lamps[lamp] = LampVideo.isOn(pair.first(), (char) ('a' + lamp)) ? 1 : 0;
            lamps[LampVideo.LAMPS + lamp] =
                LampVideo.isOn(pair.second(), (char) ('a' + lamp)) ? 1 : 0;
          }
          return new EncodedPair(1, 1, FloatBuffer.wrap(lamps));
        })
        .toList();
  }

  @Override
  public List<Answer> generate(List<Prompt> prompts) {
    batches.add(prompts.stream().map(LampModel::question).toList());
    return prompts.stream().map(this::answer).toList();
  }

  private static String question(Prompt prompt) {
    return prompt.parts().stream()
        .filter(Prompt.Part.Text.class::isInstance)
        .map(part -> ((Prompt.Part.Text) part).text())
        .findFirst()
        .orElseThrow();
  }

  @Override
  public YesNoTokens yesNoTokens() {
    return new YesNoTokens(Set.of(YES), Set.of(NO));
  }

  private Answer answer(Prompt prompt) {
    questions.incrementAndGet();
    String question = question(prompt);
    String answer =
        prompt.parts().getFirst() instanceof Prompt.Part.Video video
            ? answer(question, video)
            : "A video with lamps.";
    String text = disturb.apply(question, answer);
    double yes = text.equals("Yes") ? sureness : 1 - sureness;
    List<Answer.TokenLogit> first =
        text.equals("Yes") || text.equals("No")
            ? List.of(
                new Answer.TokenLogit(YES, (float) Math.log(yes)),
                new Answer.TokenLogit(NO, (float) Math.log(1 - yes)))
            : List.of(new Answer.TokenLogit(OTHER, 0));
    return new Answer(List.of(), List.of(1), text, Answer.End.COMPLETE, 0, first);
  }

  private static String answer(String question, Prompt.Part.Video video) {
    if (question.equals(Prompts.SUMMARY)) {
      return summary(video);
    }
    Matcher lamp = LAMP.matcher(question);
    if (!lamp.find()) {
      return events(video);
    }
    Optional<Span> on =
        spans(video).stream().filter(span -> span.lamp == lamp.group(1).charAt(0)).findFirst();
    if (question.equals(Prompts.presence(query(question)))) {
      return on.isPresent() ? "Yes" : "No";
    }
    return on.map(
            span -> "The event happens in %s - %s.".formatted(clock(span.from), clock(span.until)))
        .orElse("The event happens in 00:00.00 - 00:01.00.");
  }

  private static String query(String question) {
    Matcher quoted = QUOTED.matcher(question);
    return quoted.find() ? quoted.group(1) : "";
  }

  private static String summary(Prompt.Part.Video video) {
    return "Lamps " + spans(video).stream().map(span -> "" + span.lamp).distinct().toList() + ".";
  }

  private record Span(char lamp, double from, double until) {}

  private static String events(Prompt.Part.Video video) {
    return spans(video).stream()
        .map(span ->
            "{\"start_time\": \"%s\", \"end_time\": \"%s\", \"description\": \"Lamp-%s is on.\"}"
                .formatted(clock(span.from), clock(span.until), ("" + span.lamp).repeat(3)))
        .toList()
        .toString()
        .transform(array -> "```json\n" + array + "\n```");
  }

  private static String clock(double seconds) {
    return String.format(Locale.ROOT, "%02d:%05.2f", (int) seconds / 60, seconds % 60);
  }

  private static List<Span> spans(Prompt.Part.Video video) {
    List<Span> spans = new ArrayList<>();
    for (int lamp = 0; lamp < LampVideo.LAMPS; lamp++) {
      double since = -1;
      double last = 0;
      for (int pair = 0; pair < video.pairs().size(); pair++) {
        FloatBuffer seen = video.pairs().get(pair).embeddings();
        for (int frame : IntStream.range(0, 2).toArray()) {
          double at = video.pairSeconds().get(pair) + frame / FPS;
          boolean on = seen.get(frame * LampVideo.LAMPS + lamp) > 0;
          if (on && since < 0) {
            since = at;
          } else if (!on && since >= 0) {
            spans.add(new Span((char) ('a' + lamp), since, at));
            since = -1;
          }
          last = at;
        }
      }
      if (since >= 0) {
        spans.add(new Span((char) ('a' + lamp), since, last + 1 / FPS));
      }
    }
    return spans;
  }

  @Override
  public void close() {}
}
