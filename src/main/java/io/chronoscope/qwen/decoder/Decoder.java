package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.GenerationDefaults;
import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.qwen.weights.ModelWeights;
import java.util.List;

/// Generates answers for prompts, greedily. Thread-safe.
public sealed interface Decoder extends AutoCloseable permits StepDecoder, LoopDecoder {

  /// Compiles the decoder. The files of the weights must stay in place until it is closed.
  ///
  /// @param compute FLOAT32 or BFLOAT16
  /// @param intraOpThreads threads that share one operator; 0 means one for each processor
  /// @throws io.chronoscope.ort.OnnxRuntimeException when the runtime rejects the graph
  static Decoder compile(
      TextConfig text,
      GenerationDefaults generation,
      ModelWeights weights,
      ElementType compute,
      Device device,
      int intraOpThreads,
      DecodeSettings settings) {
    boolean hasKernel =
        switch (device) {
          case Device.Cpu() -> compute == ElementType.FLOAT32;
          case Device.Cuda(int ordinal) -> compute == ElementType.BFLOAT16;
        };
    boolean groupedWidth = text.headDim() % DecoderAttention.Grouped.HEAD_DIM_FACTOR == 0;
    return hasKernel && groupedWidth
        ? StepDecoder.compile(
            text, generation, weights, compute, device, intraOpThreads, settings.steps())
        : LoopDecoder.compile(
            text,
            generation,
            weights,
            compute,
            new DecoderAttention.Masked(text),
            device,
            intraOpThreads,
            settings);
  }

  /// Answers each request. An answer does not depend on the other requests.
  ///
  /// @return in the order of the requests
  /// @throws IllegalArgumentException when a prompt and its answer exceed the model's positions, or
  ///   a prompt's visual tokens do not match its embeddings
  /// @throws NonFiniteLogitsException when the model computes NaN or an infinity
  List<Decoded> generate(List<DecodeRequest> requests);

  @Override
  void close();
}
