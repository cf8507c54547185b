package io.chronoscope.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpAccessTest {

  @Test
  void everyoneOnThisMachineIsLetInByDefault() {
    assertThat(access(Map.of())).isEqualTo(new HttpAccess.Loopback());
    assertThat(access(Map.of("chronoscope.http.host", "127.0.0.2")))
        .isEqualTo(new HttpAccess.Loopback());
  }

  @Test
  void othersAreLetInOnlyOnPurpose() {
    for (String host : new String[] {"0.0.0.0", "::", "192.0.2.1"}) {
      assertThatThrownBy(() -> access(Map.of("chronoscope.http.host", host)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("CHRONOSCOPE_AUTH")
          .hasMessageContaining(host);
    }
    assertThat(access(Map.of("chronoscope.http.host", "0.0.0.0", "chronoscope.auth", "none")))
        .isEqualTo(new HttpAccess.Open());
  }

  @Test
  void tokensNeedAFile() {
    assertThatThrownBy(() -> access(Map.of("chronoscope.auth", "token")))
        .hasMessageContaining("chronoscope.access.tokens");
    assertThat(
            access(Map.of("chronoscope.auth", "token", "chronoscope.access.tokens", "/etc/tokens")))
        .isEqualTo(new HttpAccess.Tokens(Path.of("/etc/tokens")));
  }

  private static HttpAccess access(Map<String, String> settings) {
    return HttpAccess.of(
        ConfigLoader.load(
            builder -> builder.withSources(new PropertiesConfigSource(settings, "test", 1000))));
  }
}
