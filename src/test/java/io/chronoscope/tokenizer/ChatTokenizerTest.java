package io.chronoscope.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTokenizerTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/preprocess/tokenizer");

  @Test
  void doesNotTruncateLongPrompts() {
    try (ChatTokenizer tokenizer = ChatTokenizer.open(GOLDEN)) {
      int[] ids = tokenizer.encode("<|video_pad|>".repeat(20_000));
      assertThat(ids).hasSize(20_000);
      assertThat(ids).containsOnly(tokenizer.encode("<|video_pad|>"));
    }
  }

  @Test
  void encodesSpecialTokensAsOneToken() {
    try (ChatTokenizer tokenizer = ChatTokenizer.open(GOLDEN)) {
      assertThat(tokenizer.encode("<|im_end|>")).containsExactly(514);
      assertThat(tokenizer.encode("<|no_such_token|>")).hasSizeGreaterThan(1);
      assertThat(tokenizer.encode("")).isEmpty();
    }
  }

  @Test
  void isThreadSafe() {
    try (ChatTokenizer tokenizer = ChatTokenizer.open(GOLDEN)) {
      String text = "<|im_start|>user\n12:34.5 a red ball rolls to the left<|im_end|>\n";
      int[] expected = tokenizer.encode(text);
      assertThat(IntStream.range(0, 200).parallel().mapToObj(i -> tokenizer.encode(text)))
          .allSatisfy(ids -> assertThat(ids).isEqualTo(expected));
      assertThat(tokenizer.decodeWithSpecialTokens(expected)).isEqualTo(text);
    }
  }

  @Test
  void staysOffTheNetwork() {
    ChatTokenizer.open(GOLDEN).close();
    assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
    assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
  }

  @Test
  void namesTheMissingFile(@TempDir Path empty) {
    assertThatThrownBy(() -> ChatTokenizer.open(empty))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tokenizer.json: file is missing");
  }

  @Test
  void namesTheFileThatIsNotATokenizer(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("tokenizer.json"), "{\"version\": \"1.0\"}");
    assertThatThrownBy(() -> ChatTokenizer.open(directory))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tokenizer.json: is not a usable tokenizer");
  }
}
