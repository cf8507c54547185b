package io.chronoscope.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.service.ExitCode;
import io.chronoscope.testing.RestoredSettings;
import io.chronoscope.testing.TestMedia;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnalyzeCommandTest {

  private static final String MAX_DURATION = "chronoscope.decode.max-duration";

  @AutoClose private final RestoredSettings settings = new RestoredSettings();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  private int run(String... arguments) {
    return Commands.run(out, err, arguments);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes).toString();
  }

  @Test
  void aFileThatCannotBeReadTakesNoOtherWithIt() throws IOException {
    byte[] video = TestMedia.video().frames(25).bytes();
    String first = file("first.mp4", video);
    String bad = file("bad.mp4", "this is no video".getBytes(StandardCharsets.UTF_8));
    String last = file("last.mp4", video);

    assertThat(run("analyze", first, bad, last)).isEqualTo(ExitCode.FAILED);

    assertThat(text(err)).contains(bad + " cannot be used: 16 bytes");
    assertThat(text(out)).contains("first").contains("last").doesNotContain("bad");
  }

  @Test
  void takesTheRateOfAnElementaryStreamAndSaysSo() throws IOException {
    String stream =
        file("camera.h264", TestMedia.video().codec("libopenh264").container("h264").bytes());

    assertThat(run("analyze", stream)).isEqualTo(ExitCode.FAILED);
    assertThat(text(err)).contains("states no frame rate; --input-fps");

    assertThat(run("analyze", stream, "--input-fps", "5")).isEqualTo(ExitCode.OK);
    assertThat(text(err)).contains(stream + ": 5.0 frames/s, as stated");
    assertThat(text(out)).contains("0:05");
  }

  @Test
  void takesNoRateForFramesThatHaveTimes() throws IOException {
    String video = file("video.mp4", TestMedia.video().bytes());

    assertThat(run("analyze", video, "--input-fps", "5")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("--input-fps states the rate of elementary streams", video);

    assertThat(run("analyze", video, "--input-fps", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("--input-fps must be above 0");
  }

  /// Nothing in it can begin a second chunk.
  @Test
  void aFileThatCannotBeCutIsOneChunkWithAChunksLimits() throws IOException {
    String video = file("long.mp4", TestMedia.video().fps(1).group(100).frames(12).bytes());
    System.setProperty(MAX_DURATION, "10s");
    assertThat(run("analyze", video)).isEqualTo(ExitCode.FAILED);
    assertThat(text(err))
        .contains(video + " cannot be used: the chunk that begins at 0.0 s lasts 12.0 s")
        .contains("the limit is 10.0 s (" + MAX_DURATION + ")", "more key frames");
  }
}
