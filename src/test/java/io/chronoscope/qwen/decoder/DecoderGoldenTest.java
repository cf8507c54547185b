package io.chronoscope.qwen.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.checkpoint.DataType;
import io.chronoscope.checkpoint.Tensor;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.NativeTensor;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.position.TokenGrid;
import io.chronoscope.qwen.prompt.ChatPrompt;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.testing.GoldenCase;
import io.chronoscope.tokenizer.ChatTokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Prompts and the decoder alone, on the reference's own encoder rows.
class DecoderGoldenTest {

  @TempDir Path folder;

  private static final DecodeSettings ALL_TOGETHER = new DecodeSettings(16, 0, 1, 8);

  static Iterable<GoldenCase> cases() {
    return GoldenCase.all()::iterator;
  }

  static ChatPrompt prompt(Checkpoint checkpoint, GoldenCase golden) {
    List<ChatPrompt.Segment> segments = new ArrayList<>();
    for (JsonNode content : golden.get("content")) {
      if (content.has("text")) {
        segments.add(new ChatPrompt.Segment.Text(content.get("text").asText()));
      } else {
        TokenGrid grid =
            new TokenGrid(
                content.get("resizedHeight").asInt() / 28,
                content.get("resizedWidth").asInt() / 28);
        double seconds = content.path("secondsPerGrid").asDouble();
        int pairs = content.get("gridThw").get(0).asInt();
        segments.add(
            content.has("image")
                ? new ChatPrompt.Segment.Image(grid)
                : new ChatPrompt.Segment.Video(
                    grid, IntStream.range(0, pairs).mapToDouble(i -> i * seconds).toArray()));
      }
    }
    return assemble(checkpoint, segments);
  }

  static ChatPrompt assemble(Checkpoint checkpoint, List<ChatPrompt.Segment> segments) {
    try (ChatTokenizer tokenizer = ChatTokenizer.open(checkpoint.directory())) {
      return ChatPrompt.assemble(
          tokenizer,
          checkpoint.tokens(),
          checkpoint.vision().tokensPerSecond(),
          "You are a helpful assistant.",
          segments);
    }
  }

  static DecodeRequest request(
      Checkpoint checkpoint, GoldenCase golden, int maxNewTokens, IntConsumer onToken)
      throws IOException {
    return new DecodeRequest(
        prompt(checkpoint, golden),
        List.of(direct(golden.floats("encoder"))),
        maxNewTokens,
        onToken);
  }

  static FloatBuffer direct(float[] values) {
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(values.length * 4).order(ByteOrder.nativeOrder()).asFloatBuffer();
    return buffer.put(values).flip();
  }

  private static Decoder decoder(Checkpoint checkpoint, DecodeSettings settings) {
    return decoder(checkpoint, settings, new DecoderAttention.Grouped(checkpoint.text()));
  }

  private static Decoder decoder(
      Checkpoint checkpoint, DecodeSettings settings, DecoderAttention attention) {
    return LoopDecoder.compile(
        checkpoint.text(),
        checkpoint.generation(),
        ModelWeights.asStored(checkpoint.weights()),
        ElementType.FLOAT32,
        attention,
        Device.CPU,
        1,
        settings);
  }

  static List<Integer> ids(Decoded decoded) {
    return Arrays.stream(decoded.tokenIds()).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void laysPromptsOutAsTheReferenceDoes(GoldenCase golden) {
    try (Checkpoint checkpoint = Checkpoint.open(golden.checkpoint())) {
      ChatPrompt prompt = prompt(checkpoint, golden);
      assertThat(prompt.tokenIds()).containsExactly(ints(golden.get("promptTokenIds")));
      JsonNode positions = golden.get("positionIds");
      assertThat(prompt.positions().time()).containsExactly(longs(positions.get(0)));
      assertThat(prompt.positions().height()).containsExactly(longs(positions.get(1)));
      assertThat(prompt.positions().width()).containsExactly(longs(positions.get(2)));
      assertThat(prompt.positions().next() - prompt.length())
          .isEqualTo(golden.get("mropeDelta").asLong());
    }
  }

  private static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }

  private static long[] longs(JsonNode array) {
    return LongStream.range(0, array.size()).map(i -> array.get((int) i).asLong()).toArray();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void maskedAttentionAnswersAsTheReferenceDoes(GoldenCase golden) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(golden.checkpoint());
        Decoder decoder =
            decoder(
                checkpoint, DecodeSettings.CPU, new DecoderAttention.Masked(checkpoint.text()))) {
      Decoded decoded =
          decoder
              .generate(List.of(request(checkpoint, golden, golden.maxNewTokens(), token -> {})))
              .getFirst();
      float[] expected = golden.floats("logits");
      for (int i = 0; i < expected.length; i++) {
        assertThat(decoded.firstLogits()[i]).isCloseTo(expected[i], within(1e-3f));
      }
      assertThat(ids(decoded)).isEqualTo(golden.ints("tokenIds"));
      assertThat(decoded.logProbabilities()).hasSize(decoded.tokenIds().length);
      assertThat(decoded.logProbabilities().getFirst())
          .isCloseTo(
              StepDecoderTest.logProbability(expected, decoded.tokenIds()[0]), within(1e-3f));
    }
  }

  @Test
  void answerDoesNotDependOnHowRunsAreCut() throws IOException {
    GoldenCase golden = GoldenCase.named("penalty-eos");
    try (Checkpoint checkpoint = Checkpoint.open(golden.checkpoint())) {
      for (DecodeSettings settings :
          List.of(
              new DecodeSettings(1, 1, 1, 1),
              new DecodeSettings(1, 1, 5, 3),
              new DecodeSettings(1, 1, 512, 512))) {
        try (Decoder decoder = decoder(checkpoint, settings)) {
          List<Integer> streamed = new ArrayList<>();
          Decoded decoded =
              decoder
                  .generate(
                      List.of(request(checkpoint, golden, golden.maxNewTokens(), streamed::add)))
                  .getFirst();
          assertThat(ids(decoded)).as("%s", settings).isEqualTo(golden.ints("tokenIds"));
          assertThat(streamed).isEqualTo(ids(decoded));
          assertThat(decoded.finished()).isTrue();
        }
      }
    }
  }

  /// Prompts of different lengths, with and without pictures.
  private static List<DecodeRequest> company(Checkpoint checkpoint, GoldenCase golden)
      throws IOException {
    List<DecodeRequest> requests = new ArrayList<>();
    requests.add(request(checkpoint, golden, 40, token -> {}));
    for (String text : List.of("What?", "Tell me what the ball does, and when it does so.")) {
      requests.add(
          new DecodeRequest(
              assemble(checkpoint, List.of(new ChatPrompt.Segment.Text(text))),
              List.of(),
              12 + text.length() / 4,
              token -> {}));
    }
    requests.add(request(checkpoint, golden, 7, token -> {}));
    return requests;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersDoNotDependOnTheirCompany(GoldenCase golden) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(golden.checkpoint())) {
      for (DecoderAttention attention :
          List.of(
              new DecoderAttention.Grouped(checkpoint.text()),
              new DecoderAttention.Masked(checkpoint.text()))) {
        try (Decoder decoder = decoder(checkpoint, ALL_TOGETHER, attention)) {
          List<DecodeRequest> requests = company(checkpoint, golden);
          List<Decoded> together = decoder.generate(requests);
          for (int i = 0; i < requests.size(); i++) {
            Decoded alone = decoder.generate(List.of(requests.get(i))).getFirst();
            assertThat(ids(together.get(i))).as("request %d", i).isEqualTo(ids(alone));
            assertThat(together.get(i).finished()).isEqualTo(alone.finished());
            for (int id = 0; id < alone.firstLogits().length; id++) {
              assertThat(together.get(i).firstLogits()[id])
                  .isCloseTo(alone.firstLogits()[id], within(1e-4f));
            }
          }
          assertThat(together.get(3).tokenIds().length).isLessThanOrEqualTo(7);
        }
      }
    }
  }

  @Test
  void closesEveryTensorAlsoWhenAListenerFails() throws IOException {
    GoldenCase golden = GoldenCase.named("penalty-eos");
    try (Checkpoint checkpoint = Checkpoint.open(golden.checkpoint());
        Decoder decoder = decoder(checkpoint, DecodeSettings.CPU)) {
      long before = NativeTensor.live();
      DecodeRequest good = request(checkpoint, golden, 12, token -> {});
      decoder.generate(List.of(good, good));
      assertThat(NativeTensor.live()).isEqualTo(before);

      int[] calls = {0};
      DecodeRequest failing =
          request(
              checkpoint,
              golden,
              12,
              token -> {
                if (++calls[0] == 5) {
                  throw new IllegalStateException("listener left");
                }
              });
      assertThatThrownBy(() -> decoder.generate(List.of(failing)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("listener left");
      assertThat(NativeTensor.live()).isEqualTo(before);
    }
  }

  @Test
  void theLastRunDoesNotReturnTheCache() throws IOException {
    GoldenCase golden = GoldenCase.named("penalty-eos");
    try (Checkpoint checkpoint = Checkpoint.open(golden.checkpoint());
        Session session =
            Session.compile(
                "decoder",
                DecoderGraph.build(
                    checkpoint.text(),
                    checkpoint.generation(),
                    ModelWeights.asStored(checkpoint.weights()),
                    ElementType.FLOAT32,
                    new DecoderAttention.Grouped(checkpoint.text())),
                Device.CPU,
                1)) {
      GreedySelection selection =
          new GreedySelection(checkpoint.generation(), checkpoint.text().vocabSize());
      for (int limit : new int[] {1, 3, 4, 7, 8}) {
        List<Integer> states = new ArrayList<>();
        List<DecodeRequest> requests = List.of(request(checkpoint, golden, limit, token -> {}));
        try (DecoderInputs inputs =
            new DecoderInputs(checkpoint.text(), selection, ElementType.FLOAT32, requests)) {
          Decoded decoded =
              new DecodeBatch(
                      (fed, outputs) -> {
                        states.add(
                            (int)
                                outputs.stream().filter(name -> name.startsWith("next_")).count());
                        return session.run(fed, outputs);
                      },
                      selection,
                      new DecodeSettings(1, 1, 3, 4),
                      inputs,
                      requests)
                  .run()
                  .getFirst();
          assertThat(ids(decoded)).isEqualTo(golden.ints("tokenIds").subList(0, limit));
          int state = inputs.stateNames().size();
          assertThat(states)
              .as("limit %d", limit)
              .isEqualTo(
                  limit <= 3
                      ? List.of(0)
                      : limit <= 7 ? List.of(state, 0) : List.of(state, state, 0));
        }
      }
    }
  }

  /// Writes NaN into the first value of a tensor's row.
  static void damage(Path checkpointDirectory, String tensorName, int row) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(checkpointDirectory)) {
      Tensor tensor = checkpoint.weights().get(tensorName);
      long rowValues = tensor.shape()[tensor.shape().length - 1];
      int bytes = tensor.type() == DataType.F32 ? 4 : 2;
      byte[] nan = new byte[bytes];
      Arrays.fill(nan, (byte) 0x7f);
      nan[bytes - 2] = (byte) 0xff;
      try (FileChannel file = FileChannel.open(tensor.file(), StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.wrap(nan), tensor.fileOffset() + row * rowValues * bytes);
      }
    }
  }

  private Path copyOf(GoldenCase golden) throws IOException {
    return copy(golden, folder.resolve("checkpoint").toRealPath());
  }

  /// Copies a checkpoint, so that it can be damaged.
  static Path copy(GoldenCase golden, Path copy) throws IOException {
    try (Stream<Path> files = Files.list(golden.checkpoint())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return copy;
  }

  private static void assertNotFinite(
      Path checkpointDirectory, GoldenCase golden, int generated, List<Integer> streamed)
      throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(checkpointDirectory);
        Decoder decoder = decoder(checkpoint, new DecodeSettings(1, 1, 3, 4))) {
      DecodeRequest request = request(checkpoint, golden, 8, streamed::add);
      int prompt = request.prompt().length();
      long before = NativeTensor.live();
      assertThatThrownBy(() -> decoder.generate(List.of(request)))
          .isInstanceOf(NonFiniteLogitsException.class)
          .hasMessageContaining(
              "the logits at position %d (%d prompt tokens, %d generated tokens) are not finite"
                  .formatted(prompt + generated, prompt, generated));
      assertThat(NativeTensor.live()).isEqualTo(before);
    }
  }

  @Test
  void refusesNanAtTheFirstPosition() throws IOException {
    GoldenCase golden = GoldenCase.named("published-untied-ragged");
    Files.createDirectory(folder.resolve("checkpoint"));
    Path damaged = copyOf(golden);
    damage(damaged, "model.norm.weight", 0);
    List<Integer> streamed = new ArrayList<>();
    assertNotFinite(damaged, golden, 0, streamed);
    assertThat(streamed).isEmpty();
  }

  @Test
  void refusesNanAtALaterPosition() throws IOException {
    GoldenCase golden = GoldenCase.named("published-untied-ragged");
    Files.createDirectory(folder.resolve("checkpoint"));
    Path damaged = copyOf(golden);
    // The second token is not in the prompt, so its embedding is first read for the third.
    List<Integer> ids = golden.ints("tokenIds");
    assertThat(golden.ints("promptTokenIds")).doesNotContain(ids.get(1));
    assertThat(ids.getFirst()).isNotEqualTo(ids.get(1));
    damage(damaged, "model.embed_tokens.weight", ids.get(1));
    List<Integer> streamed = new ArrayList<>();
    assertNotFinite(damaged, golden, 2, streamed);
    assertThat(streamed).isEqualTo(ids.subList(0, 2));
  }

  @Test
  void refusesAPromptBeyondTheModelsPositions() throws IOException {
    GoldenCase golden = GoldenCase.named("published-tied");
    try (Checkpoint checkpoint = Checkpoint.open(golden.checkpoint());
        Decoder decoder = decoder(checkpoint, DecodeSettings.CPU)) {
      DecodeRequest request =
          request(checkpoint, golden, checkpoint.text().maxPositions(), token -> {});
      assertThatThrownBy(() -> decoder.generate(List.of(request)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("exceed the model's 32768 positions");
    }
  }

  @Test
  void refusesVisualRowsThatDoNotMatchThePrompt() throws IOException {
    GoldenCase golden = GoldenCase.named("published-tied");
    try (Checkpoint checkpoint = Checkpoint.open(golden.checkpoint());
        Decoder decoder = decoder(checkpoint, DecodeSettings.CPU)) {
      DecodeRequest request =
          new DecodeRequest(prompt(checkpoint, golden), List.of(), 4, token -> {});
      assertThatThrownBy(() -> decoder.generate(List.of(request)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("0 visual rows for 64 visual tokens");
    }
  }
}
