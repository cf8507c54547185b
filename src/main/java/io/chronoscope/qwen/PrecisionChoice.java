package io.chronoscope.qwen;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.ort.Device;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// The precision for a checkpoint on the CPU, where none is asked for, and whether the machine's
/// memory suffices for it.
///
/// @param reason why, for the log
record PrecisionChoice(Precision precision, String reason) {

  private static final Logger LOG = System.getLogger("io.chronoscope.qwen");

  /// Above this many parameters FP32 weights take a gigabyte, and the matrices are wide enough for
  /// integer products to be the faster ones.
  private static final long SMALL_MODEL_PARAMETERS = 1L << 28;

  private static final double GIGABYTE = 1e9;

  /// The precision that a model runs in.
  ///
  /// @throws InsufficientMemoryException when the model does not fit into the memory of the CPU
  static Precision resolve(EngineSettings settings, Checkpoint checkpoint) {
    return switch (settings.device()) {
      case Device.Cuda(int ordinal) -> settings.precisionFor(checkpoint);
      case Device.Cpu() -> {
        Machine machine = Machine.read();
        Precision precision =
            settings.precision().orElseGet(() -> chosenAndLogged(checkpoint, machine));
        requireMemory(precision, checkpoint, machine);
        yield precision;
      }
    };
  }

  private static Precision chosenAndLogged(Checkpoint checkpoint, Machine machine) {
    PrecisionChoice choice = of(checkpoint, machine);
    LOG.log(
        choice.precision == Precision.FP32 ? Level.DEBUG : Level.INFO,
        "precision {0} chosen: {1} (chronoscope.precision)",
        name(choice.precision),
        choice.reason);
    return choice.precision;
  }

  static PrecisionChoice of(Checkpoint checkpoint, Machine machine) {
    if (checkpoint.weights().hasPacked()) {
      return new PrecisionChoice(Precision.INT4, "the checkpoint is published in four bits");
    }
    long parameters = checkpoint.weights().elements();
    if (parameters <= SMALL_MODEL_PARAMETERS) {
      return new PrecisionChoice(Precision.FP32, "a small model");
    }
    return switch (machine.integerProducts()) {
      case EXACT, UNKNOWN ->
          new PrecisionChoice(
              Precision.INT8,
              "%d million parameters, the smaller and faster one"
                  .formatted(parameters / 1_000_000));
      case SATURATING ->
          fits(Precision.FP32, checkpoint, machine)
              ? new PrecisionChoice(
                  Precision.FP32, "this CPU has no VNNI, and its 8-bit products can saturate")
              : new PrecisionChoice(
                  Precision.INT8,
                  "FP32 does not fit into memory; this CPU has no VNNI, and sums of its 8-bit"
                      + " products can saturate");
    };
  }

  private static boolean fits(Precision precision, Checkpoint checkpoint, Machine machine) {
    OptionalLong available = machine.availableBytes();
    return available.isEmpty() || MemoryNeed.bytes(precision, checkpoint) <= available.getAsLong();
  }

  /// @throws InsufficientMemoryException when the model would not fit; the operating system would
  ///   otherwise kill the process while it opens
  static void requireMemory(Precision precision, Checkpoint checkpoint, Machine machine) {
    if (fits(precision, checkpoint, machine)) {
      return;
    }
    long need = MemoryNeed.bytes(precision, checkpoint);
    long available = machine.availableBytes().orElse(Long.MAX_VALUE);
    List<Precision> smaller =
        Arrays.stream(Precision.values())
            .filter(other -> other != Precision.BF16)
            .filter(other -> fits(other, checkpoint, machine))
            .toList();
    String advice =
        smaller.isEmpty()
            ? "no other precision fits either"
            : "these fit: "
                + smaller.stream().map(PrecisionChoice::name).collect(Collectors.joining(", "));
    throw new InsufficientMemoryException(
        String.format(
            Locale.ROOT,
            "%s needs about %.1f GB of memory in %s, but %.1f GB are available, %.1f GB less; %s"
                + " (--precision, chronoscope.precision)",
            checkpoint.directory(),
            need / GIGABYTE,
            name(precision),
            available / GIGABYTE,
            (need - available) / GIGABYTE,
            advice));
  }

  static String name(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }
}
