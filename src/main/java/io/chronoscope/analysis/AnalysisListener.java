package io.chronoscope.analysis;

import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Sampling;
import io.chronoscope.domain.StreamInput.Media;
import java.time.Duration;
import java.util.List;

/// Told what the analysis does, for metrics, progress and logs. Called from the streams' threads;
/// must not block.
public interface AnalysisListener {

  AnalysisListener SILENT = new AnalysisListener() {};

  /// The stream turns to an input; what is told of the stream until [#inputDone] comes of it.
  default void inputTaken(String stream, ChunkOrigin origin) {}

  /// Also after a failure, and after the word that the stream has ended.
  default void inputDone(String stream) {}

  /// A window is turned to; what is told of the stream until [#windowDone], and the step that is
  /// committed by then, come of it.
  ///
  /// @param chunks those of which frames are at hand for it, in order
  default void windowBegun(String stream, long window, List<ChunkOrigin> chunks) {}

  /// The window that was turned to is not looked at.
  ///
  /// @param level how far the stream is turned down
  default void windowLeftOut(String stream, long window, int level) {}

  /// Not after a failure.
  default void windowDone(String stream, long window) {}

  /// The media behind a reference are here.
  default void mediaFetched(Media.Reference reference, Duration took) {}

  /// The place a reference names could not be reached; it is tried again.
  default void mediaUnreachable(Media.Reference reference, String problem) {}

  default void chunkDecoded(String stream, MediaFacts facts, int candidates, Duration took) {}

  default void chunkRejected(String stream, Rejection rejection) {}

  /// A chunk that was not decoded, because no window that shows it will be described.
  default void chunkLeftOut(String stream, long sequence) {}

  /// A chunk that was seen before, or whose time was.
  default void chunkSkipped(String stream, long sequence) {}

  /// @param reused pairs whose embeddings the window before had already
  default void windowEncoded(String stream, int pairs, int reused, Duration took) {}

  default void windowAnswered(
      String stream, Sampling sampling, int events, int generatedTokens, Duration took) {}

  /// A window that is not full yet was looked at.
  default void lookedEarly(
      String stream, Sampling sampling, int events, int generatedTokens, Duration took) {}

  /// What was told first of an event can be read by consumers.
  ///
  /// @param latency since the record came that holds the last frame that was looked at for it
  /// @param sinceItBegan since the record came that holds its first frame
  default void eventOpened(String stream, Duration latency, Duration sinceItBegan) {}

  /// An answer could not be used.
  ///
  /// @param last whether it was asked the last time
  default void answerBroken(String stream, String problem, boolean last) {}

  /// @param score how sure the model was, 0 to 1
  default void ruleJudged(String stream, String rule, double score, boolean happens) {}

  /// There was no room in a window for these rules.
  default void rulesLeftOut(String stream, List<String> rules) {}

  /// A rule saw something, but so soon after its last alert that it opened no other.
  default void alertCooled(String stream, String rule) {}

  /// How far the stream is analysed and how far it has arrived, in microseconds from its start.
  default void progress(String stream, long analysedMicros, long arrivedMicros) {}

  default void streamEnded(String stream) {}

  /// Nothing came for a while; it goes on when more comes.
  default void streamRests(String stream) {}

  /// The stream goes on in another process; nothing more is told of it here.
  default void streamLeft(String stream) {}

  /// The stream cannot go on in this process.
  default void streamFailed(String stream, Throwable cause) {}
}
