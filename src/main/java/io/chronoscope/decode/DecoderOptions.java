package io.chronoscope.decode;

import java.util.Optional;

/// What decodes, and how exactly.
///
/// @param threads decoding threads of one decoder, 1 to 64; 1 suits many streams that decode at
///   once
/// @param hardware that decodes where it can; owned by the code that opened it
public record DecoderOptions(
    int threads, LoopFilter loopFilter, Optional<HardwareDevice> hardware) {

  /// The pictures that the encoder saw, decoded by the CPU in one thread.
  public static final DecoderOptions EXACT = new DecoderOptions(1);

  /// The same in several threads.
  public DecoderOptions(int threads) {
    this(threads, LoopFilter.FULL, Optional.empty());
  }

  /// The same on other hardware.
  public DecoderOptions on(Optional<HardwareDevice> device) {
    return new DecoderOptions(threads, loopFilter, device);
  }

  public DecoderOptions {
    if (threads < 1 || threads > 64) {
      throw new IllegalArgumentException("decoding threads must be 1 to 64: " + threads);
    }
  }
}
