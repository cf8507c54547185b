package io.chronoscope.decode.worker;

import java.util.Map;
import java.util.Set;

/// Something that happened to a decode worker.
public sealed interface DecodeEvent {

  /// A worker is confined and ready.
  ///
  /// @param inForce what confines it
  /// @param missing what does not, and why
  record WorkerReady(
      long pid, WorkerKind kind, Set<Protection> inForce, Map<Protection, String> missing)
      implements DecodeEvent {

    public WorkerReady {
      inForce = Set.copyOf(inForce);
      missing = Map.copyOf(missing);
    }
  }

  /// A worker died or exceeded a limit; another one replaces it.
  ///
  /// @param stream whose chunk it decoded
  /// @param retried whether the chunk is tried once more
  record WorkerLost(long pid, String stream, LossCause cause, String detail, boolean retried)
      implements DecodeEvent {}

  /// A worker was replaced, because it held on to memory after a chunk.
  record WorkerRecycled(long pid, long heldBytes) implements DecodeEvent {}

  /// A worker could not be started; it is tried again.
  record WorkerNotStarted(String problem) implements DecodeEvent {}
}
