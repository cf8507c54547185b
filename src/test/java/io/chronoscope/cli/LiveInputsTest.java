package io.chronoscope.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.decode.LiveSettings.Treatment;
import io.chronoscope.live.LiveSources.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveInputsTest {

  @TempDir Path folder;

  @Test
  void nameAStreamForEachAddress() {
    List<Plan> plans =
        plans(LiveInputs.Kind.ADDRESSES, Optional.empty(), "rtsp://cam/gate", "udp://:5000");

    assertThat(plans).extracting(Plan::stream).containsExactly("gate", "udp-5000");
    assertThat(plans).extracting(plan -> plan.settings().treatment()).containsOnly(Treatment.COPY);
    assertThat(plans.getFirst().settings().segmentLength()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void takeDirectoriesOnlyToWatchThem() {
    assertThat(plans(LiveInputs.Kind.DIRECTORIES, Optional.of("gate"), folder.toString()))
        .singleElement()
        .extracting(plan -> plan.address().toString())
        .isEqualTo(folder.toString());
    refused(LiveInputs.Kind.ADDRESSES, folder.toString(), "--watch takes directories");
    refused(LiveInputs.Kind.DIRECTORIES, "rtsp://cam/gate", "is not a directory");
    refused(LiveInputs.Kind.DIRECTORIES, folder.resolve("none").toString(), "there is no folder");
  }

  @Test
  void refuseCredentialsWithoutShowingThem() {
    assertThatThrownBy(
            () -> plans(LiveInputs.Kind.ADDRESSES, Optional.empty(), "rtsp://me:s3cret@cam/gate"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("watch-a-camera")
        .message()
        .doesNotContain("s3cret");
  }

  @Test
  void areOneStreamEach() {
    assertThatThrownBy(
            () -> plans(LiveInputs.Kind.ADDRESSES, Optional.of("gate"), "udp://:1", "udp://:2"))
        .hasMessageContaining("--stream names one stream");
  }

  private void refused(LiveInputs.Kind kind, String text, String why) {
    assertThatThrownBy(() -> plans(kind, Optional.empty(), text))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(why);
  }

  private static List<Plan> plans(LiveInputs.Kind kind, Optional<String> stream, String... texts) {
    return new LiveInputs(List.of(texts), kind, stream, Duration.ofSeconds(2), Treatment.COPY)
        .plans(ConfigLoader.load(builder -> {}));
  }
}
