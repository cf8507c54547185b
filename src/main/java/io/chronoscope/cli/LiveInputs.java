package io.chronoscope.cli;

import io.chronoscope.cli.console.InputFiles;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.LiveSourceSettings;
import io.chronoscope.decode.LiveSettings.Treatment;
import io.chronoscope.live.LiveSources;
import io.chronoscope.live.SourceAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The live sources that a command line names.
///
/// @param stream id of the only one's stream
/// @param treatment ENCODE for all of them; otherwise the settings say which are encoded
record LiveInputs(
    List<String> addresses,
    Kind kind,
    Optional<String> stream,
    Duration chunkLength,
    Treatment treatment) {

  /// What the words of the command line are.
  enum Kind {
    ADDRESSES,
    DIRECTORIES
  }

  /// @throws ConfigurationException when they cannot be read so; says why, without secrets
  List<LiveSources.Plan> plans(ChronoscopeConfig settings) {
    if (stream.isPresent() && addresses.size() > 1) {
      throw new ConfigurationException(
          "--stream names one stream, but each live source is a stream of its own; give one"
              + " address");
    }
    return addresses.stream().map(text -> plan(settings, text)).toList();
  }

  private LiveSources.Plan plan(ChronoscopeConfig settings, String text) {
    SourceAddress address = LiveSourceSettings.address("ADDRESS", text);
    boolean isFolder = address instanceof SourceAddress.Folder;
    if (isFolder != (kind == Kind.DIRECTORIES)) {
      throw new ConfigurationException(
          isFolder
              ? "%s is not the address of a live source; --watch takes directories"
                  .formatted(address)
              : "%s is not a directory; --watch takes directories".formatted(address));
    }
    if (address instanceof SourceAddress.Folder(Path folder)) {
      InputFiles.requireFolder(folder);
    }
    String id = stream.orElseGet(address::defaultStream);
    Treatment own =
        treatment == Treatment.ENCODE ? treatment : LiveSourceSettings.treatment(settings, id);
    return LiveSourceSettings.plan(settings, id, address, chunkLength, own);
  }
}
