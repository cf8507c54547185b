package io.chronoscope.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChatTokenizerGoldenTest {

  private static final Path DIRECTORY = Path.of("src/test/resources/golden/preprocess/tokenizer");
  private static ChatTokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer = ChatTokenizer.open(DIRECTORY);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  static List<JsonNode> cases() throws IOException {
    return list("cases");
  }

  static List<JsonNode> decoding() throws IOException {
    return list("decoding");
  }

  private static List<JsonNode> list(String key) throws IOException {
    List<JsonNode> cases = new ArrayList<>();
    new ObjectMapper()
        .readTree(DIRECTORY.resolve("tokenizer_cases.json").toFile())
        .get(key)
        .forEach(cases::add);
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void encodesAsTheReference(JsonNode golden) {
    assertThat(tokenizer.encode(golden.get("text").asText())).isEqualTo(ids(golden));
  }

  @ParameterizedTest
  @MethodSource({"cases", "decoding"})
  void decodesAsTheReference(JsonNode golden) {
    assertThat(tokenizer.decodeWithSpecialTokens(ids(golden)))
        .isEqualTo(golden.get("decoded").asText());
    assertThat(tokenizer.decodeText(ids(golden))).isEqualTo(golden.get("decodedPlain").asText());
  }

  static List<Path> prompts() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("src/test/resources/golden"))) {
      return all.filter(dir -> Files.exists(dir.resolve("golden.json"))).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void encodesThePromptAndDecodesTheAnswerOfEveryCase(Path directory) throws IOException {
    JsonNode golden = new ObjectMapper().readTree(directory.resolve("golden.json").toFile());
    try (ChatTokenizer own = ChatTokenizer.open(directory.resolve("checkpoint"))) {
      assertThat(own.encode(golden.get("promptText").asText()))
          .isEqualTo(ints(golden.get("promptTokenIds")));
      assertThat(own.decodeText(ints(golden.get("tokenIds"))))
          .isEqualTo(golden.get("text").asText());
    }
  }

  private static int[] ids(JsonNode golden) {
    return ints(golden.get("ids"));
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
