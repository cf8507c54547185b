package io.chronoscope.config;

import io.chronoscope.decode.LiveSettings;
import io.chronoscope.decode.LiveSettings.Treatment;
import io.chronoscope.live.Credentials;
import io.chronoscope.live.CredentialsFile;
import io.chronoscope.live.LiveSources;
import io.chronoscope.live.SourceAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Derives the settings of live sources from the configuration. No message repeats an address or
/// credentials as they were given.
public final class LiveSourceSettings {

  /// A record is a little larger than its media.
  private static final long RECORD_OVERHEAD_BYTES = 64 * 1024;

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final String ALL = "*";

  private LiveSourceSettings() {}

  /// The sources of the service.
  ///
  /// @throws ConfigurationException if an address or credentials are invalid
  /// @throws EnvironmentException if the file of credentials cannot be read
  public static List<LiveSources.Plan> plans(ChronoscopeConfig settings) {
    if (settings.sources().isEmpty()) {
      return List.of();
    }
    Map<String, Credentials> credentials = credentials(settings);
    return settings.sources().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(source ->
            plan(
                settings,
                source.getKey(),
                address("chronoscope.sources." + source.getKey(), source.getValue()),
                settings.live().chunkLength(),
                treatment(settings, source.getKey()),
                credentials))
        .toList();
  }

  /// One source.
  ///
  /// @throws ConfigurationException if credentials are invalid
  /// @throws EnvironmentException if the file of credentials cannot be read
  public static LiveSources.Plan plan(
      ChronoscopeConfig settings,
      String stream,
      SourceAddress address,
      Duration chunkLength,
      Treatment treatment) {
    return plan(settings, stream, address, chunkLength, treatment, credentials(settings));
  }

  /// @param credentials of all sources, by [#key]
  private static LiveSources.Plan plan(
      ChronoscopeConfig settings,
      String stream,
      SourceAddress address,
      Duration chunkLength,
      Treatment treatment,
      Map<String, Credentials> credentials) {
    LiveSettings reading =
        new LiveSettings(
            chunkLength,
            settings.live().readTimeout(),
            settings.kafka().maxChunkBytes().asLongValue() - RECORD_OVERHEAD_BYTES,
            treatment);
    return new LiveSources.Plan(
        stream, address, Optional.ofNullable(credentials.get(key(stream))), reading);
  }

  /// Reads an address.
  ///
  /// @param where names the setting or parameter in messages
  /// @throws ConfigurationException if no live source can have it
  public static SourceAddress address(String where, String text) {
    try {
      return SourceAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(where + ": " + e.getMessage(), e);
    }
  }

  /// Whether the settings have a source encoded.
  public static Treatment treatment(ChronoscopeConfig settings, String stream) {
    List<String> encoded = settings.live().encode().orElse(List.of());
    return encoded.contains(stream) || encoded.contains(ALL) ? Treatment.ENCODE : Treatment.COPY;
  }

  /// What all sources share.
  public static LiveSources.Settings shared(ChronoscopeConfig settings) {
    return new LiveSources.Settings(
        ConfigLoader.resolve(settings, settings.live().spool()),
        settings.live().maxSpoolBytes().asLongValue(),
        FIRST_BACKOFF,
        settings.live().maxBackoff(),
        settings.live().clock());
  }

  private static Map<String, Credentials> credentials(ChronoscopeConfig settings) {
    Map<String, Credentials> all = new HashMap<>();
    Optional<String> file = settings.live().credentialsFile();
    if (file.isPresent()) {
      try {
        CredentialsFile.read(ConfigLoader.resolve(settings, file.get()))
            .forEach((id, credentials) -> all.put(key(id), credentials));
      } catch (IOException e) {
        throw new EnvironmentException(
            "the credentials (chronoscope.live.credentials-file) cannot be read: " + e, e);
      } catch (IllegalArgumentException e) {
        throw new ConfigurationException(String.valueOf(e.getMessage()), e);
      }
    }
    settings
        .live()
        .credentials()
        .forEach((id, text) -> {
          try {
            all.put(key(id), Credentials.parse(text));
          } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                "chronoscope.live.credentials.%s: %s".formatted(id, e.getMessage()), e);
          }
        });
    return all;
  }

  /// An environment variable spells an id in capital letters and without punctuation.
  private static String key(String id) {
    return id.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
