package io.chronoscope.decode.worker;

/// Receives what happens to decode workers, on their threads. Must not block.
@FunctionalInterface
public interface DecodeListener {

  DecodeListener SILENT = event -> {};

  void on(DecodeEvent event);
}
