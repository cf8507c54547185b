package io.chronoscope.cli.bench.engine;

import io.chronoscope.domain.FrameSize;

/// One row of the engine benchmark before it is measured.
sealed interface PlannedRow {

  RowKind kind();

  record Video() implements PlannedRow {
    @Override
    public RowKind kind() {
      return RowKind.VIDEO;
    }
  }

  record Resize(FrameSize target) implements PlannedRow {
    @Override
    public RowKind kind() {
      return RowKind.RESIZE;
    }
  }

  /// @param batch frame pairs encoded together
  record Encoder(FrameSize size, int batch) implements PlannedRow {
    @Override
    public RowKind kind() {
      return RowKind.ENCODER;
    }
  }

  /// @param batch prompts of this shape
  record Prefill(PromptShape prompt, int batch) implements PlannedRow {
    @Override
    public RowKind kind() {
      return RowKind.PREFILL;
    }
  }

  record Long(PromptShape prompt) implements PlannedRow {
    @Override
    public RowKind kind() {
      return RowKind.LONG;
    }
  }

  /// @param batch prompts of this shape
  /// @param newTokens tokens of an answer, of which the first belongs to prefill
  record Decode(PromptShape prompt, int batch, int newTokens) implements PlannedRow {
    @Override
    public RowKind kind() {
      return RowKind.DECODE;
    }
  }

  /// @param rules questions about a video of this shape
  record Rules(PromptShape video, int rules) implements PlannedRow {
    @Override
    public RowKind kind() {
      return RowKind.RULES;
    }
  }

  /// @param pairs frame pairs of this size in the prompt
  record Answer(FrameSize size, int pairs, int newTokens) implements PlannedRow {
    @Override
    public RowKind kind() {
      return RowKind.ANSWER;
    }
  }

  /// The chunks of a video, as a stream.
  ///
  /// @param scene what the video shows
  /// @param until where the measured way ends
  record Replay(Scene scene, Until until) implements PlannedRow {

    enum Scene {
      /// The video itself.
      BUSY,
      /// Its first frame in place of every frame.
      STILL
    }

    enum Until {
      /// Visual tokens: the model answers nothing ([SilentModel]).
      TOKENS,
      RESULTS
    }

    @Override
    public RowKind kind() {
      return switch (until) {
        case TOKENS ->
            switch (scene) {
              case BUSY -> RowKind.TOKENS;
              case STILL -> RowKind.STILL_TOKENS;
            };
        case RESULTS ->
            switch (scene) {
              case BUSY -> RowKind.STREAM;
              case STILL -> RowKind.STILL;
            };
      };
    }
  }

  record Search() implements PlannedRow {
    @Override
    public RowKind kind() {
      return RowKind.SEARCH;
    }
  }
}
