package io.chronoscope.qwen.position;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.testing.GoldenArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MropePositionsGoldenTest {

  @Test
  void placesEveryPromptAsTheReference() throws IOException {
    JsonNode cases = GoldenArrays.json("preprocess/position_ids.json").get("cases");
    assertThat(cases.size()).isGreaterThan(40);
    for (JsonNode golden : cases) {
      MropePositions.Builder builder =
          MropePositions.builder(golden.get("tokensPerSecond").asDouble());
      for (JsonNode segment : golden.get("segments")) {
        if (segment.get("type").asText().equals("text")) {
          builder.text(segment.get("length").asInt());
        } else {
          builder.text(1);
          addPicture(builder, segment);
          builder.text(1);
        }
      }
      MropePositions positions = builder.build();
      assertPositions(golden, positions);
      assertThat(positions.next())
          .as(golden.get("about").asText())
          .isEqualTo(golden.get("nextPosition").asLong());
    }
  }

  static List<Path> cases() throws IOException {
    try (Stream<Path> all = Files.list(GoldenArrays.ROOT)) {
      return all.filter(dir -> Files.exists(dir.resolve("golden.json"))).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void placesThePromptOfEveryCase(Path directory) throws IOException {
    JsonNode golden = GoldenArrays.json(directory.getFileName() + "/golden.json");
    List<JsonNode> pictures = new ArrayList<>();
    golden.get("content").forEach(part -> pictures.add(part));
    pictures.removeIf(part -> part.get("type").asText().equals("text"));
    Iterator<JsonNode> next = pictures.iterator();
    MropePositions.Builder builder =
        MropePositions.builder(golden.get("tokensPerSecond").asDouble());
    long[] ids = GoldenArrays.longs(golden.get("promptTokenIds"));
    JsonNode config = GoldenArrays.json(directory.getFileName() + "/checkpoint/config.json");
    long image = config.get("image_token_id").asLong();
    long video = config.get("video_token_id").asLong();
    for (int i = 0; i < ids.length; ) {
      if (ids[i] == image || ids[i] == video) {
        JsonNode picture = next.next();
        addPicture(builder, picture);
        i += picture.get("tokens").asInt();
      } else {
        builder.text(1);
        i++;
      }
    }
    MropePositions positions = builder.build();
    assertPositions(golden, positions);
    assertThat(positions.next() - positions.tokens()).isEqualTo(golden.get("mropeDelta").asLong());
  }

  private static void addPicture(MropePositions.Builder builder, JsonNode segment) {
    long[] thw = GoldenArrays.longs(segment.get("gridThw"));
    TokenGrid grid = new TokenGrid((int) thw[1] / 2, (int) thw[2] / 2);
    if (segment.get("type").asText().equals("image")) {
      builder.image(grid);
    } else if (segment.has("pairSeconds")) {
      double[] seconds = GoldenArrays.doubles(segment.get("pairSeconds"));
      builder.video(new VideoTokens.All(grid, seconds.length), seconds);
    } else {
      builder.video(
          new VideoTokens.All(grid, (int) thw[0]), segment.get("secondsPerGrid").asDouble());
    }
  }

  private static void assertPositions(JsonNode golden, MropePositions positions) {
    JsonNode ids = golden.get("positionIds");
    assertThat(positions.time())
        .as("%s", golden.get("about"))
        .isEqualTo(GoldenArrays.longs(ids.get(0)));
    assertThat(positions.height()).isEqualTo(GoldenArrays.longs(ids.get(1)));
    assertThat(positions.width()).isEqualTo(GoldenArrays.longs(ids.get(2)));
  }
}
