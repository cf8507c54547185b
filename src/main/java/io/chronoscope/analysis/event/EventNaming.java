package io.chronoscope.analysis.event;

/// Gives an event its id when it opens. The same event must get the same id after a restart, so the
/// id depends on nothing but the arguments.
@FunctionalInterface
public interface EventNaming {

  /// @param startMicros the event's start as first seen, in microseconds from the stream's start
  String id(long startMicros, String description);
}
