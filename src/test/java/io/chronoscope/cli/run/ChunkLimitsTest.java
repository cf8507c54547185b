package io.chronoscope.cli.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.decode.MediaSegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChunkLimitsTest {

  private static final Path FILE = Path.of("yard.mp4");

  private final ChunkLimits limits = new ChunkLimits(Duration.ofMinutes(10), 1000);

  private static MediaSegment segment(Duration duration, int bytes) {
    return new MediaSegment(
        3, Duration.ofSeconds(8), duration, "video/mp4", ByteBuffer.allocate(bytes));
  }

  @Test
  void letsPassWhatIsWithinThem() {
    assertThatCode(() -> limits.check(FILE, segment(Duration.ofMinutes(10), 1000)))
        .doesNotThrowAnyException();
  }

  @Test
  void nameTheFileTheLimitAndItsSetting() {
    assertThatThrownBy(() -> limits.check(FILE, segment(Duration.ofMinutes(11), 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("yard.mp4 cannot be used: the chunk that begins at 8.0 s lasts 660.0")
        .hasMessageContaining("600.0 s (chronoscope.decode.max-duration)")
        .hasMessageContaining("more key frames");
    assertThatThrownBy(() -> limits.check(FILE, segment(Duration.ofSeconds(4), 1001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 1001 bytes; the limit is 1000 (chronoscope.kafka.max-chunk-");
  }
}
