package io.chronoscope.cli.bench.engine;

import io.chronoscope.cli.bench.engine.PlannedRow.Replay.Scene;
import io.chronoscope.cli.bench.engine.PlannedRow.Replay.Until;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.ort.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The rows of a run and their sizes. Sizes depend on the device: a GPU is measured with prompts
/// and batches that fill it, a CPU with those that it finishes in seconds.
///
/// No two rows share a shape, warm-up included, so that the first call of each row is the first
/// with its shape in this process. Decoding passes through every length from the prompt's to the
/// answer's end; these ranges do not overlap either.
final class RowPlan {

  private static final FrameSize SMALL = new FrameSize(224, 224);
  private static final FrameSize MEDIUM = new FrameSize(448, 448);
  private static final FrameSize WIDE = new FrameSize(1288, 728);

  /// Words in the prompts of prefill rows; those of decode rows are longer by [#DECODE_OFFSET].
  private static final int WORDS = 8;

  private static final int DECODE_OFFSET = 20;

  /// Words that a rule has; longer than the others by more than an answer.
  private static final int RULE_WORDS = 12;

  /// Words of the long prompt: another length than the others with as many frames.
  private static final int LONG_WORDS = 400;

  private RowPlan() {}

  /// @return in the order of the kinds, from decoding video to the whole stream
  static List<PlannedRow> of(Device device, Set<RowKind> kinds) {
    List<PlannedRow> all =
        switch (device) {
          case Device.Cpu() -> forCpu();
          case Device.Cuda(int ordinal) -> forGpu();
        };
    all.add(new PlannedRow.Long(new PromptShape(96, 16, LONG_WORDS)));
    return inOrder(all).stream().filter(row -> kinds.contains(row.kind())).toList();
  }

  private static List<PlannedRow> forCpu() {
    int newTokens = 17;
    List<PlannedRow> rows = new ArrayList<>(List.of(new PlannedRow.Video()));
    rows.add(new PlannedRow.Resize(MEDIUM));
    rows.add(new PlannedRow.Encoder(SMALL, 1));
    rows.add(new PlannedRow.Encoder(MEDIUM, 1));
    rows.add(new PlannedRow.Encoder(MEDIUM, 4));
    rows.addAll(decoderRows(4, 8, List.of(1, 4), newTokens));
    rows.addAll(decoderRows(4, 16, List.of(1), newTokens));
    rows.addAll(rules(4, 16));
    rows.add(new PlannedRow.Answer(SMALL, 2, newTokens));
    rows.addAll(replays());
    rows.add(new PlannedRow.Search());
    return rows;
  }

  private static List<PlannedRow> forGpu() {
    int newTokens = 129;
    List<PlannedRow> rows = new ArrayList<>(List.of(new PlannedRow.Video()));
    rows.add(new PlannedRow.Resize(MEDIUM));
    rows.add(new PlannedRow.Encoder(MEDIUM, 1));
    rows.add(new PlannedRow.Encoder(MEDIUM, 8));
    rows.add(new PlannedRow.Encoder(MEDIUM, 32));
    rows.add(new PlannedRow.Encoder(WIDE, 8));
    rows.addAll(decoderRows(10, 16, List.of(1, 8, 32), newTokens));
    rows.addAll(decoderRows(96, 16, List.of(1), newTokens));
    rows.addAll(rules(10, 16));
    rows.add(new PlannedRow.Answer(MEDIUM, 5, newTokens));
    rows.addAll(replays());
    rows.add(new PlannedRow.Search());
    return rows;
  }

  private static List<PlannedRow> decoderRows(
      int pairs, int gridSide, List<Integer> batches, int newTokens) {
    PromptShape prefill = new PromptShape(pairs, gridSide, WORDS);
    PromptShape decode = new PromptShape(pairs, gridSide, WORDS + DECODE_OFFSET);
    List<PlannedRow> rows = new ArrayList<>();
    for (int batch : batches) {
      rows.add(new PlannedRow.Prefill(prefill, batch));
      rows.add(new PlannedRow.Decode(decode, batch, newTokens));
    }
    return rows;
  }

  /// One rule and ten on the same video.
  private static List<PlannedRow> rules(int pairs, int gridSide) {
    return List.of(
        new PlannedRow.Rules(new PromptShape(pairs, gridSide, RULE_WORDS), 1),
        new PlannedRow.Rules(new PromptShape(pairs, gridSide, RULE_WORDS + 1), 10));
  }

  private static List<PlannedRow> replays() {
    List<PlannedRow> rows = new ArrayList<>();
    for (Until until : Until.values()) {
      for (Scene scene : Scene.values()) {
        rows.add(new PlannedRow.Replay(scene, until));
      }
    }
    return rows;
  }

  private static List<PlannedRow> inOrder(List<PlannedRow> rows) {
    rows.sort((a, b) -> a.kind().compareTo(b.kind()));
    return List.copyOf(rows);
  }
}
