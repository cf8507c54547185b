package io.chronoscope.cli.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.ort.Device;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RowPlanTest {

  private static final Set<RowKind> ALL = EnumSet.allOf(RowKind.class);

  static List<Device> devices() {
    return List.of(Device.CPU, new Device.Cuda(0));
  }

  @ParameterizedTest
  @MethodSource("devices")
  void plansEveryKindInOrder(Device device) {
    List<PlannedRow> plan = RowPlan.of(device, ALL);

    assertThat(plan).extracting(PlannedRow::kind).isSorted().containsAll(ALL);
  }

  @ParameterizedTest
  @MethodSource("devices")
  void plansOnlyTheChosenKinds(Device device) {
    assertThat(RowPlan.of(device, EnumSet.of(RowKind.DECODE, RowKind.ENCODER)))
        .extracting(PlannedRow::kind)
        .containsOnly(RowKind.ENCODER, RowKind.DECODE);
  }

  @ParameterizedTest
  @MethodSource("devices")
  void encodesNoShapeTwice(Device device) {
    List<PlannedRow.Encoder> shapes = new ArrayList<>();
    for (PlannedRow row : RowPlan.of(device, ALL)) {
      if (row instanceof PlannedRow.Encoder encoder) {
        shapes.add(encoder);
        FrameSize wider = new FrameSize(encoder.size().widthPx() + 28, encoder.size().heightPx());
        shapes.add(new PlannedRow.Encoder(wider, encoder.batch()));
      } else if (row instanceof PlannedRow.Answer answer) {
        shapes.add(new PlannedRow.Encoder(answer.size(), answer.pairs()));
        shapes.add(new PlannedRow.Encoder(answer.size(), answer.pairs() + 1));
      }
    }

    assertThat(shapes).doesNotHaveDuplicates();
  }

  /// The lengths of the KV cache that a batch passes through.
  private record Lengths(int batch, int from, int until) {

    boolean overlaps(Lengths other) {
      return batch == other.batch && from < other.until && other.from < until;
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void decodesNoLengthTwice(Device device) {
    List<Lengths> lengths = new ArrayList<>();
    for (PlannedRow row : RowPlan.of(device, ALL)) {
      if (row instanceof PlannedRow.Prefill prefill) {
        add(lengths, prefill.prompt(), prefill.batch(), 1);
      } else if (row instanceof PlannedRow.Decode decode) {
        add(lengths, decode.prompt(), decode.batch(), decode.newTokens());
      } else if (row instanceof PlannedRow.Answer answer) {
        int side = answer.size().widthPx() / 28;
        PromptShape prompt = new PromptShape(answer.pairs(), side, 40);
        add(lengths, prompt, 1, answer.newTokens());
      }
    }

    for (int i = 0; i < lengths.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(lengths.get(i).overlaps(lengths.get(j)))
            .as("%s and %s", lengths.get(i), lengths.get(j))
            .isFalse();
      }
    }
  }

  private static void add(List<Lengths> lengths, PromptShape prompt, int batch, int newTokens) {
    for (PromptShape one : List.of(prompt, prompt.longer())) {
      lengths.add(new Lengths(batch, one.nominalTokens(), one.nominalTokens() + newTokens));
    }
  }
}
