package io.chronoscope.analysis;

import io.chronoscope.decode.MediaFacts;
import io.chronoscope.model.Rejection;
import io.chronoscope.model.Sampling;
import java.time.Duration;

/// Told what the analysis does, for metrics, progress and logs. Called from the streams' threads;
/// must not block.
public interface AnalysisListener {

  AnalysisListener SILENT = new AnalysisListener() {};

  default void chunkDecoded(String stream, MediaFacts facts, int candidates, Duration took) {}

  default void chunkRejected(String stream, Rejection rejection) {}

  /// A chunk that was seen before, or whose time was.
  default void chunkSkipped(String stream, long sequence) {}

  /// @param reused pairs whose embeddings the window before had already
  default void windowEncoded(String stream, int pairs, int reused, Duration took) {}

  default void windowAnswered(
      String stream, Sampling sampling, int events, int generatedTokens, Duration took) {}

  /// An answer could not be used.
  ///
  /// @param last whether it was asked the last time
  default void answerBroken(String stream, String problem, boolean last) {}

  /// How far the stream is analysed and how far it has arrived, in microseconds from its start.
  default void progress(String stream, long analysedMicros, long arrivedMicros) {}

  default void streamEnded(String stream) {}

  /// The stream cannot go on in this process.
  default void streamFailed(String stream, Throwable cause) {}
}
