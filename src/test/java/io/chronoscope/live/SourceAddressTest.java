package io.chronoscope.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.AddressRedaction;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceAddressTest {

  @Test
  void readsEveryKindOfSource() {
    assertThat(SourceAddress.parse("rtsp://cam-1:554/main"))
        .isEqualTo(new SourceAddress.Rtsp(URI.create("rtsp://cam-1:554/main")));
    assertThat(SourceAddress.parse("HTTPS://cdn/yard/index.m3u8?token=1"))
        .isInstanceOf(SourceAddress.Hls.class);
    assertThat(SourceAddress.parse("udp://239.0.0.1:5000"))
        .isEqualTo(new SourceAddress.Udp("239.0.0.1", 5000));
    assertThat(SourceAddress.parse("udp://@:5000")).isEqualTo(new SourceAddress.Udp("", 5000));
    assertThat(SourceAddress.parse("-")).isEqualTo(new SourceAddress.StandardInput());
    assertThat(SourceAddress.parse("recordings"))
        .isEqualTo(new SourceAddress.Folder(Path.of("recordings")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "ftp://host/video.ts",
        "concat://a",
        "gopher://host/1",
        "http://host/video.mp4",
        "tcp://host:1",
        "udp://host",
        "udp://host:0",
        "udp://host:70000",
        "rtsp:///nohost"
      })
  void refusesWhatIsNotOnTheWhitelist(String address) {
    assertThatThrownBy(() -> SourceAddress.parse(address))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rtsp://viewer:s3cret@cam/main", "https://viewer:s3cret@host/a.m3u8",
        "rtsp://viewer:s3c@ret@cam/main", "rtsp://viewer:s3cret@cam/ma in"
      })
  void refusesCredentialsWithoutRepeatingThem(String address) {
    assertThatThrownBy(() -> SourceAddress.parse(address))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("s3c")
        .doesNotContain("viewer");
  }

  @Test
  void textShowsNoQuery() {
    assertThat(SourceAddress.parse("https://host/a/index.m3u8?token=s3cret"))
        .hasToString("https://host/a/index.m3u8?***");
  }

  @ParameterizedTest
  @CsvSource({
    "rtsp://cam-1/yard, yard",
    "rtsp://cam-1:554/, cam-1",
    "https://host/gate/index.m3u8, gate",
    "https://host/gate.m3u8, gate",
    "udp://239.0.0.1:5000, 239.0.0.1-5000",
    "udp://:5000, udp-5000",
    "-, stdin",
    "some/recordings/, recordings",
  })
  void namesAStream(String address, String stream) {
    assertThat(SourceAddress.parse(address).defaultStream()).isEqualTo(stream);
  }

  @ParameterizedTest
  @CsvSource({
    "cannot open rtsp://u:p@ss@h/x: refused | cannot open rtsp://***@h/x: refused",
    "GET https://h/a.m3u8?t=1#x failed | GET https://h/a.m3u8?*** failed",
    "from rtsp://h/a to rtsp://u:p@h/b | from rtsp://h/a to rtsp://***@h/b",
    "mail to a@b about 12:30 | mail to a@b about 12:30",
  })
  void redactsAddressesInAnyText(String line) {
    String[] parts = line.split(" \\| ");
    assertThat(AddressRedaction.of(parts[0])).isEqualTo(parts[1]);
  }
}
