package io.chronoscope.qwen;

import static io.chronoscope.qwen.Qwen25VlGoldenTest.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.Picture;
import io.chronoscope.testing.GoldenCase;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A checkpoint whose `chronoscope.json` selects stills behind timestamps, compared with the
/// reference on that prompt.
class TimestampLayoutGoldenTest {

  private static final GoldenCase GOLDEN = GoldenCase.layout("timestamps");

  @TempDir Path directory;

  private Path checkpoint() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN.checkpoint())) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    Files.writeString(directory.resolve("chronoscope.json"), "{\"videoLayout\": \"timestamps\"}");
    return directory;
  }

  @Test
  void answersAsTheReferenceDoes() throws IOException {
    List<Picture> stills = new ArrayList<>();
    String question = "";
    for (JsonNode content : GOLDEN.get("content")) {
      if (content.has("image")) {
        stills.addAll(GOLDEN.frames(content));
      } else {
        question = content.get("text").asText();
      }
    }
    try (Qwen25Vl model = Qwen25Vl.open(checkpoint(), EngineSettings.cpu().withIntraOpThreads(1))) {
      // The second frame of a pair is not shown.
      List<EncodedPair> pairs =
          model.encode(
              List.of(
                  new FramePair(stills.get(0), stills.get(1)),
                  new FramePair(stills.get(1), stills.get(2)),
                  new FramePair(stills.get(2), stills.get(0))));
      assertClose(
          new Qwen25VlGoldenTest.GoldenPrompt(List.of(), pairs).embeddings(),
          GOLDEN.floats("encoder"),
          1e-4f);
      Qwen25Vl.TimedAnswer answered =
          model
              .generateTimed(
                  List.of(
                      Prompt.about(
                          new Prompt.Part.Video(pairs, List.of(0.0, 1.0, 2.5)),
                          question,
                          GOLDEN.maxNewTokens())))
              .getFirst();
      Answer answer = answered.answer();
      assertThat(answer.promptTokenIds()).isEqualTo(GOLDEN.ints("promptTokenIds"));
      assertClose(answered.decoded().firstLogits(), GOLDEN.floats("logits"), 1e-3f);
      assertThat(answer.tokenIds()).isEqualTo(GOLDEN.ints("tokenIds"));
    } finally {
      stills.forEach(Picture::close);
    }
  }
}
