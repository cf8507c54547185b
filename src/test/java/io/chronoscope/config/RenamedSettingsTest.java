package io.chronoscope.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.config.RenamedSettings.Use;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class RenamedSettingsTest {

  private static final List<Map.Entry<String, String>> RENAMINGS =
      List.copyOf(RenamedSettings.FORMER_NAMES.entrySet());

  private final List<Use> uses = new ArrayList<>();

  @Nested
  class EveryFormerName {

    @ParameterizedTest
    @FieldSource("io.chronoscope.config.RenamedSettingsTest#RENAMINGS")
    void worksAsAProperty(Map.Entry<String, String> renaming) {
      assertThat(read(renaming.getKey(), file(Map.of(renaming.getValue(), "1")))).isEqualTo("1");
      assertThat(uses).containsExactly(new Use(renaming.getValue(), renaming.getKey()));
    }

    @ParameterizedTest
    @FieldSource("io.chronoscope.config.RenamedSettingsTest#RENAMINGS")
    void worksAsAnEnvironmentVariable(Map.Entry<String, String> renaming) {
      String variable =
          renaming.getValue().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');

      assertThat(read(renaming.getKey(), environment(Map.of(variable, "1")))).isEqualTo("1");
      assertThat(uses).containsExactly(new Use(renaming.getValue(), renaming.getKey()));
    }

    @ParameterizedTest
    @FieldSource("io.chronoscope.config.RenamedSettingsTest#RENAMINGS")
    void isNoSettingAnyMore(Map.Entry<String, String> renaming) {
      assertThat(DeclaredSettings.defaults())
          .containsKey(renaming.getKey())
          .doesNotContainKey(renaming.getValue());
    }
  }

  @Nested
  class IfBothNamesAreSet {

    private static final String CURRENT = "chronoscope.ordering.allowed-lateness";
    private static final String FORMER = "chronoscope.disorder.grace";

    @Test
    void theCurrentOneWinsWithinASource() {
      assertThat(read(CURRENT, file(Map.of(CURRENT, "1s", FORMER, "2s")))).isEqualTo("1s");
      assertThat(uses).isEmpty();
    }

    @Test
    void theSourceOfHigherPrecedenceWins() {
      assertThat(
              read(
                  CURRENT,
                  file(Map.of(CURRENT, "1s")),
                  environment(Map.of("CHRONOSCOPE_DISORDER_GRACE", "2s"))))
          .isEqualTo("2s");
      assertThat(
              read(
                  CURRENT,
                  file(Map.of(FORMER, "1s")),
                  environment(Map.of("CHRONOSCOPE_ORDERING_ALLOWED_LATENESS", "2s"))))
          .isEqualTo("2s");
    }
  }

  @Nested
  class TheConfigurationOfCommands {

    @Test
    void readsFormerNamesFromFilesEnvironmentAndSystemProperties() {
      System.setProperty("chronoscope.idle-time", "7s");
      try {
        ChronoscopeConfig settings =
            ConfigLoader.load(builder ->
                builder
                    .addDefaultSources()
                    .withSources(
                        environment(Map.of("CHRONOSCOPE_DISORDER_GRACE", "3s")),
                        file(
                            Map.of(
                                "chronoscope.window.look-every", "4s",
                                "chronoscope.load.priorities", "gate-*=2,yard=1"))));

        assertThat(settings.idleTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(settings.ordering().allowedLateness()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.window().partialInterval()).contains(Duration.ofSeconds(4));
        assertThat(settings.shedding().priorities()).contains(List.of("gate-*=2", "yard=1"));
        assertThat(settings.cache().maxBytes().asLongValue()).isEqualTo(256L << 20);
      } finally {
        System.clearProperty("chronoscope.idle-time");
      }
    }

    @Test
    void namesTheFormerNameOfAnInvalidValue() {
      assertThatThrownBy(() ->
              ConfigLoader.load(builder ->
                  builder.withSources(environment(Map.of("CHRONOSCOPE_QUESTIONS_AT_ONCE", "0")))))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("chronoscope.questions.at-once");
    }

    /// The only test that uses this setting: it is reported once per process.
    @Test
    void reportsOneLinePerFormerName() {
      List<String> lines = new ArrayList<>();
      RenamedSettings.reportTo(lines::add);
      try {
        for (int run = 0; run < 2; run++) {
          ConfigLoader.load(builder ->
              builder.withSources(environment(Map.of("CHRONOSCOPE_LOAD_TARGET_LAG", "5s"))));
        }
      } finally {
        RenamedSettings.reportToLog();
      }

      assertThat(lines)
          .containsExactly(
              "setting chronoscope.load.target-lag is deprecated and will be removed in 1.0; its name"
                  + " is now chronoscope.shedding.target-lag");
    }

    /// The only test that uses this setting: it is reported once per process.
    @Test
    void logsThemByDefault() {
      List<String> lines = new ArrayList<>();
      Handler handler =
          new Handler() {
            @Override
            public void publish(LogRecord record) {
              lines.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
          };
      Logger logger = Logger.getLogger(RenamedSettings.class.getName());
      logger.addHandler(handler);
      RenamedSettings.reportToLog();
      try {
        ConfigLoader.load(builder ->
            builder.withSources(environment(Map.of("CHRONOSCOPE_QUESTIONS_MAX_READ", "5M"))));
      } finally {
        logger.removeHandler(handler);
      }

      assertThat(lines).hasSize(1);
    }
  }

  private String read(String name, ConfigSource... sources) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withInterceptors(new RenamedSettings(uses::add))
        .withSources(sources)
        .build()
        .getValue(name, String.class);
  }

  private static ConfigSource environment(Map<String, String> variables) {
    return new EnvConfigSource(variables, 300);
  }

  private static ConfigSource file(Map<String, String> properties) {
    return new PropertiesConfigSource(properties, "application.properties", 260);
  }
}
