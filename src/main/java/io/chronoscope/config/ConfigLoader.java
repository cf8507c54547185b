package io.chronoscope.config;

import io.chronoscope.decode.HardwareDecoding;
import io.chronoscope.decode.worker.Isolation;
import io.chronoscope.qwen.EngineSettings;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Loads the configuration for commands that do not boot Quarkus, from the same sources in the same
/// order as Quarkus: system properties, the environment, `config/application.properties` in the
/// working directory, then built-in defaults.
public final class ConfigLoader {

  private ConfigLoader() {}

  /// @throws ConfigurationException if a value is invalid; names its key and the value
  public static ChronoscopeConfig load() {
    return load(builder -> builder.addDefaultSources());
  }

  /// @param sources adds the sources that take precedence over the files
  public static ChronoscopeConfig load(Consumer<SmallRyeConfigBuilder> sources) {
    SmallRyeConfigBuilder builder = builder(sources).withMapping(ChronoscopeConfig.class);
    try {
      ChronoscopeConfig settings = builder.build().getConfigMapping(ChronoscopeConfig.class);
      check(settings);
      return settings;
    } catch (ConfigValidationException e) {
      List<String> problems = new ArrayList<>();
      for (int i = 0; i < e.getProblemCount(); i++) {
        problems.add(SettingProblem.of(e.getProblem(i).getMessage()));
      }
      throw new ConfigurationException(String.join("; ", problems), e);
    }
  }

  /// The same sources without the program's own settings, for properties passed on to libraries.
  static SmallRyeConfig sources() {
    return builder(builder -> builder.addDefaultSources()).build();
  }

  private static SmallRyeConfigBuilder builder(Consumer<SmallRyeConfigBuilder> sources) {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withInterceptors(new RenamedSettings())
            .addDiscoveredConverters();
    sources.accept(builder);
    try {
      URL builtIn = ConfigLoader.class.getResource("/application.properties");
      if (builtIn != null) {
        builder.withSources(new PropertiesConfigSource(builtIn, 250));
      }
      Path local = Path.of("config", "application.properties");
      if (Files.isRegularFile(local)) {
        builder.withSources(new PropertiesConfigSource(local.toUri().toURL(), 260));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return builder;
  }

  /// Checks what no single value shows.
  ///
  /// @throws ConfigurationException if settings contradict each other; names them
  public static void check(ChronoscopeConfig settings) {
    try {
      EngineSettings.parse(settings.device(), settings.precision().orElse(""));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "chronoscope.device (%s), chronoscope.precision (%s): %s"
              .formatted(settings.device(), settings.precision().orElse("not set"), e.getMessage()),
          e);
    }
    var unusedShedding = LayerSettings.shedding(settings);
    var unusedQuestions = LayerSettings.questions(settings);
    ChronoscopeConfig.Sampling sampling = settings.sampling();
    if (sampling.minFps() > sampling.targetFps() || sampling.targetFps() > sampling.maxFps()) {
      throw new ConfigurationException(
          ("chronoscope.sampling.min-fps (%s), .target-fps (%s) and .max-fps (%s) must be in"
                  + " ascending order")
              .formatted(sampling.minFps(), sampling.targetFps(), sampling.maxFps()));
    }
    ChronoscopeConfig.Decode decode = settings.decode();
    if (decode.isolation() == Isolation.PROCESS && decode.hardware() != HardwareDecoding.NONE) {
      throw new ConfigurationException(
          ("chronoscope.decode.hardware=%s needs chronoscope.decode.isolation=in-process: a decode"
                  + " worker is confined and may open no device")
              .formatted(decode.hardware().name().toLowerCase(Locale.ROOT)));
    }
    var unusedReferences = LayerSettings.references(settings);
    var unusedSources = LiveSourceSettings.plans(settings);
    ChronoscopeConfig.Window window = settings.window();
    if (window.length().isPresent()
        && window.overlap().isPresent()
        && window.overlap().get().compareTo(window.length().get()) >= 0) {
      throw new ConfigurationException(
          "chronoscope.window.overlap (%s) is not shorter than chronoscope.window.length (%s)"
              .formatted(window.overlap().get(), window.length().get()));
    }
  }

  /// Resolves a path of the configuration: unchanged if it is absolute or exists relative to the
  /// working directory, otherwise relative to Chronoscope's home.
  public static Path resolve(ChronoscopeConfig settings, String path) {
    Path given = Path.of(path);
    if (given.isAbsolute() || Files.exists(given) || settings.home().isEmpty()) {
      return given;
    }
    return Path.of(settings.home().get()).resolve(given);
  }
}
