package io.chronoscope.qwen;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.qwen.decoder.Decoder;
import io.chronoscope.qwen.encoder.VisionEncoder;
import io.chronoscope.qwen.weights.ModelWeights;
import io.chronoscope.qwen.weights.ResidentPages;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// The two graphs of a model, ready to run. Its creator closes both.
record CompiledGraphs(VisionEncoder encoder, Decoder decoder) {

  /// Compiles both graphs at the same time: the runtime packs the weights of each in one thread.
  static CompiledGraphs compile(
      EngineSettings settings,
      Checkpoint checkpoint,
      ModelWeights weights,
      Precision precision,
      int threads) {
    try (ResidentPages pages = ResidentPages.limit(weights)) {
      CompletableFuture<VisionEncoder> encoding =
          CompletableFuture.supplyAsync(
              () ->
                  VisionEncoder.compile(
                      checkpoint.vision(),
                      checkpoint.preprocessor(),
                      weights,
                      precision.elements(),
                      settings.device(),
                      threads),
              task -> Thread.ofPlatform().name("compile-encoder").daemon().start(task));
      List<AutoCloseable> compiled = new ArrayList<>();
      try {
        Decoder decoder =
            Decoder.compile(
                checkpoint.text(),
                checkpoint.generation(),
                weights,
                precision.elements(),
                settings.device(),
                threads,
                settings.decoding());
        compiled.add(decoder);
        return new CompiledGraphs(encoding.join(), decoder);
      } catch (RuntimeException e) {
        encoding.handle((encoder, failure) -> encoder == null || compiled.add(encoder)).join();
        closeAll(compiled, e);
        throw e instanceof CompletionException && e.getCause() instanceof RuntimeException cause
            ? cause
            : e;
      }
    }
  }

  /// Closes what was opened before a failure.
  ///
  /// @param failure receives what goes wrong meanwhile
  static void closeAll(List<AutoCloseable> opened, RuntimeException failure) {
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }
}
