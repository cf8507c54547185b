package io.chronoscope.qwen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.qwen.image.BicubicResize;
import io.chronoscope.testing.Embeddings;
import io.chronoscope.testing.GoldenCase;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.Prompt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The whole engine against the reference implementation.
class Qwen25VlGoldenTest {

  private static final float ENCODER_TOLERANCE = 1e-4f;
  private static final float LOGIT_TOLERANCE = 1e-3f;

  static Iterable<GoldenCase> cases() {
    return GoldenCase.all()::iterator;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAsTheReferenceDoes(GoldenCase golden) throws IOException {
    try (Qwen25Vl model =
        Qwen25Vl.open(golden.checkpoint(), EngineSettings.cpu().withIntraOpThreads(1))) {
      GoldenPrompt input = GoldenPrompt.encode(model, golden);

      float[] embeddings = input.embeddings();
      assertClose(embeddings, golden.floats("encoder"), ENCODER_TOLERANCE);
      int hidden = embeddings.length / golden.get("encoder").get("shape").get(0).asInt();
      assertStartsWith(embeddings, 0, golden.get("embeddingRow0"));
      assertStartsWith(embeddings, embeddings.length - hidden, golden.get("embeddingRowLast"));

      List<Integer> streamed = new ArrayList<>();
      Qwen25Vl.TimedAnswer answered =
          model
              .generateTimed(
                  List.of(
                      new Prompt(
                          Prompt.DEFAULT_SYSTEM,
                          input.parts(),
                          golden.maxNewTokens(),
                          streamed::add)))
              .getFirst();
      Answer answer = answered.answer();

      assertThat(answer.promptTokenIds()).isEqualTo(golden.ints("promptTokenIds"));
      assertClose(answered.decoded().firstLogits(), golden.floats("logits"), LOGIT_TOLERANCE);
      List<Integer> topIds =
          StreamSupport.stream(golden.get("firstLogitsTop").spliterator(), false)
              .map(top -> top.get("id").asInt())
              .toList();
      assertThat(answer.firstLogitsTop()).extracting(Answer.TokenLogit::id).isEqualTo(topIds);
      assertThat(answer.tokenIds()).isEqualTo(golden.ints("tokenIds"));
      assertThat(streamed).isEqualTo(answer.tokenIds());
      assertThat(answer.finished()).isEqualTo(golden.get("stoppedByEos").asBoolean());
      assertThat(answer.text()).isEqualTo(golden.get("text").asText());
    }
  }

  private static void assertStartsWith(float[] row, int from, JsonNode expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(row[from + i])
          .isCloseTo((float) expected.get(i).asDouble(), within(ENCODER_TOLERANCE));
    }
  }

  static void assertClose(float[] actual, float[] expected, float tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    int worst =
        IntStream.range(0, actual.length)
            .reduce(
                0,
                (a, b) ->
                    Math.abs(actual[a] - expected[a]) >= Math.abs(actual[b] - expected[b]) ? a : b);
    assertThat(actual[worst])
        .as("largest difference, at %d of %d", worst, actual.length)
        .isCloseTo(expected[worst], within(tolerance));
  }

  /// The parts of a golden's prompt, its pictures encoded.
  record GoldenPrompt(List<Prompt.Part> parts, List<EncodedPair> encoded) {

    static GoldenPrompt encode(Qwen25Vl model, GoldenCase golden) {
      List<Prompt.Part> parts = new ArrayList<>();
      List<EncodedPair> encoded = new ArrayList<>();
      for (JsonNode content : golden.get("content")) {
        if (content.get("type").asText().equals("text")) {
          parts.add(new Prompt.Part.Text(content.get("text").asText()));
          continue;
        }
        List<EncodedPair> pairs = encode(model, golden, content);
        encoded.addAll(pairs);
        if (content.has("image")) {
          parts.add(new Prompt.Part.Image(pairs.getFirst()));
        } else {
          double seconds = content.get("secondsPerGrid").asDouble();
          parts.add(
              new Prompt.Part.Video(
                  pairs,
                  IntStream.range(0, pairs.size()).mapToObj(pair -> pair * seconds).toList()));
        }
      }
      return new GoldenPrompt(parts, encoded);
    }

    private static List<EncodedPair> encode(Qwen25Vl model, GoldenCase golden, JsonNode content) {
      FrameSize size =
          new FrameSize(content.get("resizedWidth").asInt(), content.get("resizedHeight").asInt());
      List<Picture> frames = golden.frames(content);
      List<Picture> scaled =
          frames.stream().map(frame -> BicubicResize.resize(frame, size)).toList();
      List<FramePair> pairs = new ArrayList<>();
      for (int i = 0; i < scaled.size(); i += 2) {
        pairs.add(new FramePair(scaled.get(i), scaled.get(Math.min(i + 1, scaled.size() - 1))));
      }
      List<EncodedPair> encoded = model.encode(pairs);
      frames.forEach(Picture::close);
      scaled.forEach(Picture::close);
      return encoded;
    }

    float[] embeddings() {
      return Embeddings.of(encoded);
    }
  }
}
