package io.chronoscope.decode.worker;

/// Why a worker was lost.
public enum LossCause {
  MEMORY,
  CPU_TIME,
  WALL_TIME,
  OUTPUT,
  /// It died by itself, or said what no worker says.
  CRASH
}
