package io.chronoscope.analysis.question;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.analysis.ChunkArchive;
import io.chronoscope.analysis.ChunkArchive.ChunkCursor;
import io.chronoscope.analysis.StreamStarts;
import io.chronoscope.analysis.WindowPlan;
import io.chronoscope.analysis.window.ChunkReader;
import io.chronoscope.analysis.window.EncodedWindow;
import io.chronoscope.analysis.window.GroundingResult;
import io.chronoscope.analysis.window.TemporalGrounder;
import io.chronoscope.analysis.window.VideoSession;
import io.chronoscope.analysis.window.WindowEncoder;
import io.chronoscope.analysis.window.WindowTools;
import io.chronoscope.batching.Priority;
import io.chronoscope.domain.Question;
import io.chronoscope.domain.Result.QuestionAnswer;
import io.chronoscope.domain.Result.QuestionAnswer.NotSeen;
import io.chronoscope.domain.SampledFrame;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.domain.StreamInput;
import io.chronoscope.shedding.DetailLevel;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;

/// Answers one question: asks the model about each window of the range, taking windows from the
/// embedding cache and encoding from the archive what lies between them. All times are epoch
/// microseconds, unless noted otherwise.
final class QuestionRun {

  private final Question question;
  private final AnswerBuilder answer;
  private final AnalysisSettings settings;
  private final QuestionLimits limits;
  private final WindowTools tools;
  private final ChunkArchive archive;
  private final StreamStarts starts;
  private final TemporalGrounder grounder;
  private final String query;
  private final long fromMicros;
  private final long toMicros;

  QuestionRun(
      Question question,
      AnswerBuilder answer,
      AnalysisSettings settings,
      QuestionLimits limits,
      WindowTools tools,
      ChunkArchive archive,
      StreamStarts starts) {
    this.question = question;
    this.answer = answer;
    this.settings = settings;
    this.limits = limits;
    this.tools = tools;
    this.archive = archive;
    this.starts = starts;
    this.grounder = new TemporalGrounder(question.stream(), tools.listener());
    this.query = GroundingQuery.of(question.text());
    this.fromMicros = StreamClock.epochMicros(question.from());
    this.toMicros = StreamClock.epochMicros(question.to());
  }

  QuestionAnswer run() {
    OptionalLong start = tools.embeddings().startOf(question.stream(), toMicros);
    long cursor = fromMicros;
    for (EncodedWindow window : cached(start)) {
      long begins = window.startMicros() + window.span().firstMicros();
      long ends = window.startMicros() + window.span().untilMicros();
      if (ends <= cursor) {
        continue;
      }
      if (begins > cursor + window.span().gapMicros()
          && !askArchive(start, cursor, Math.min(begins, toMicros))) {
        return refuseUnknownStream();
      }
      ask(window);
      cursor = ends;
    }
    if (cursor < toMicros && !askArchive(start, cursor, toMicros)) {
      return refuseUnknownStream();
    }
    return answer.build();
  }

  private List<EncodedWindow> cached(OptionalLong start) {
    return start.isPresent()
        ? tools.embeddings().recall(question.stream(), start.getAsLong(), fromMicros, toMicros)
        : List.of();
  }

  private QuestionAnswer refuseUnknownStream() {
    return answer.refuse(
        "stream %s is unknown: no chunk of it is there".formatted(question.stream()));
  }

  /// Asks about a part of the range for which no window is cached.
  ///
  /// @param start the stream's start; present when windows of the stream are or were cached, so
  ///   that the stream is known even if the archive has nothing of it
  /// @return false when the stream is unknown
  private boolean askArchive(OptionalLong start, long from, long to) {
    Instant begin = StreamClock.ofEpochMicros(from);
    Instant end = StreamClock.ofEpochMicros(to);
    Instant back = begin.minus(settings.windows().length());
    Instant ahead = end.plus(settings.windows().length());
    Optional<ChunkCursor> opened = archive.open(question.stream(), back, ahead);
    if (opened.isEmpty()) {
      if (start.isPresent()) {
        answer.addNotSeen(new NotSeen(begin, end, "no longer retained"));
      }
      return start.isPresent();
    }
    try (PeekedCursor cursor = new PeekedCursor(opened.get())) {
      askWindows(cursor, anchor(cursor.firstChunk(), start, from, to), from, to);
    }
    return true;
  }

  /// The stream's start, from which its windows and its sampling grid count; without it the range
  /// gets windows of its own.
  private long anchor(Optional<StreamInput.Chunk> first, OptionalLong start, long from, long to) {
    return start.orElseGet(() ->
        first
            .flatMap(chunk -> starts.of(question.stream(), chunk.origin()))
            .map(StreamClock::epochMicros)
            .filter(micros -> micros <= to)
            .or(() ->
                first.map(chunk ->
                    StreamClock.epochMicros(chunk.declaredStart().orElse(chunk.recordTime()))))
            .orElse(from));
  }

  /// Decodes the archived chunks window by window and asks about each window that has frames.
  private void askWindows(ChunkCursor cursor, long anchor, long from, long to) {
    WindowPlan windows = settings.windows();
    WindowEncoder encoder = new WindowEncoder(question.stream(), settings, tools);
    ChunkReader chunks = new ChunkReader(tools, settings, anchor);
    long first = Math.max(0, Math.floorDiv(from - anchor, windows.strideMicros()));
    long last = Math.max(first, windows.lastOf(to - anchor));
    chunks.skipBefore(anchor + windows.startOf(first));
    try (RangeReader reader = new RangeReader(cursor, chunks)) {
      for (long window = first; window <= last; window++) {
        long begins = anchor + windows.startOf(window);
        long ends = anchor + windows.endOf(window);
        reader.dropBefore(begins);
        reader.readTo(StreamClock.ofEpochMicros(ends));
        List<SampledFrame> candidates =
            reader.frames().stream().filter(frame -> frame.gridMicros() < ends).toList();
        if (!candidates.isEmpty()) {
          long covered = reader.covered().map(StreamClock::epochMicros).orElse(ends);
          ask(
              encoder.encode(
                  window,
                  candidates,
                  chunks.grid(),
                  Math.min(ends, covered) - anchor,
                  DetailLevel.FULL,
                  Priority.BACKGROUND));
        }
      }
      reader
          .notSeen(StreamClock.ofEpochMicros(from), StreamClock.ofEpochMicros(to))
          .forEach(answer::addNotSeen);
      answer.damaged(reader.damagedMillis(from, to));
    }
  }

  /// Asks the model about the part of a window that lies in the question's range.
  private void ask(EncodedWindow whole) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("question " + question.id() + " was canceled");
    }
    whole
        .within(fromMicros, toMicros)
        .ifPresent(window -> {
          VideoSession session =
              window.session(tools, settings.maxNewTokens(), Priority.BACKGROUND);
          GroundingResult result =
              grounder.ground(session, query, limits.threshold(), window.shownMicros()).join();
          answer.add(window, result);
        });
  }
}
