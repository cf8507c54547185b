package io.chronoscope.config;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.DecoderOptions;
import io.chronoscope.decode.HardwareDevice;
import io.chronoscope.decode.HardwareUnavailableException;
import io.chronoscope.decode.MediaFiles;
import io.chronoscope.decode.worker.ChunkBudget;
import io.chronoscope.decode.worker.DecodeListener;
import io.chronoscope.decode.worker.DecodePool;
import io.chronoscope.decode.worker.FileWorkers;
import io.chronoscope.decode.worker.Isolation;
import io.chronoscope.decode.worker.LiveWorkers;
import io.chronoscope.live.LiveSources;
import java.io.IOException;
import java.util.Optional;

/// Decoders as the configuration wants them: how many, confined in which limits, on what.
public final class ConfiguredDecoding {

  private static final int MAX_DECODE_WORKERS = 16;
  private static final int BASE_CPU_SECONDS = 10;

  private ConfiguredDecoding() {}

  /// Decoders for the chunks of all streams. The caller closes them.
  ///
  /// @param listener receives what happens to workers
  /// @throws EnvironmentException if the workers' program cannot be found
  public static DecodePool decoders(ChronoscopeConfig settings, DecodeListener listener) {
    return decoders(settings, settings.decode().isolation(), Integer.MAX_VALUE, listener);
  }

  /// The same, wherever the settings say that they decode.
  ///
  /// @param streams that there will be; no more decoders are of use
  public static DecodePool decoders(
      ChronoscopeConfig settings, Isolation isolation, int streams, DecodeListener listener) {
    ChronoscopeConfig.Decode decode = settings.decode();
    int cores = Runtime.getRuntime().availableProcessors();
    int wanted = decode.workers() > 0 ? decode.workers() : Math.min(cores, MAX_DECODE_WORKERS);
    int count = Math.max(1, Math.min(wanted, streams));
    return switch (isolation) {
      case IN_PROCESS -> DecodePool.inProcess(count, decodingHere(settings));
      case PROCESS -> {
        try {
          yield DecodePool.ofWorkers(
              new DecodePool.Workers(
                  count,
                  Math.max(decode.maxPixels(), DecodeLimits.DEFAULTS.maxPixels()),
                  decode.loopFilter(),
                  budget(decode)),
              listener);
        } catch (IOException e) {
          throw new EnvironmentException("decode workers cannot start: " + e.getMessage(), e);
        }
      }
    };
  }

  private static ChunkBudget budget(ChronoscopeConfig.Decode decode) {
    return new ChunkBudget(
        decode.maxMemory().asLongValue(),
        new ChunkBudget.CpuTime(BASE_CPU_SECONDS, decode.cpuPerSecond()),
        decode.timeout(),
        decode.maxOutputBytes().asLongValue());
  }

  /// Opens media files where the settings say that media are decoded.
  ///
  /// @param listener receives what happens to workers
  public static MediaFiles files(ChronoscopeConfig settings, DecodeListener listener) {
    return switch (settings.decode().isolation()) {
      case IN_PROCESS -> MediaFiles.IN_PROCESS;
      case PROCESS -> new FileWorkers(budget(settings.decode()), listener);
    };
  }

  /// Reads live sources where the settings say that media are decoded.
  ///
  /// @param listener receives what happens to workers
  public static LiveSources.Media live(ChronoscopeConfig settings, DecodeListener listener) {
    return switch (settings.decode().isolation()) {
      case IN_PROCESS -> LiveSources.Media.IN_PROCESS;
      case PROCESS ->
          new LiveSources.Media(
              new LiveWorkers(budget(settings.decode()), listener), files(settings, listener));
    };
  }

  /// What a segment may have that is shown or stored. Damage has its default limit: how much of it
  /// is a gap is for the analysis to say.
  public static DecodeLimits segmentLimits(ChronoscopeConfig settings) {
    ChronoscopeConfig.Decode decode = settings.decode();
    return new DecodeLimits(decode.maxPixels(), decode.maxDuration(), decode.maxFrames());
  }

  /// How the CPU decodes chunks.
  public static DecoderOptions softwareDecoding(ChronoscopeConfig settings) {
    return new DecoderOptions(1, settings.decode().loopFilter(), Optional.empty());
  }

  private static DecoderOptions decodingHere(ChronoscopeConfig settings) {
    try {
      return softwareDecoding(settings).on(HardwareDevice.open(settings.decode().hardware()));
    } catch (HardwareUnavailableException e) {
      throw new EnvironmentException("chronoscope.decode.hardware: " + e.getMessage(), e);
    }
  }
}
