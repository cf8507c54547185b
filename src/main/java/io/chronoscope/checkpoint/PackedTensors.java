package io.chronoscope.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The tensors of packed matrices among those of a checkpoint: for a linear layer `m` they are
/// `m.qweight`, `m.qzeros`, `m.scales` and, in GPTQ, `m.g_idx`, instead of `m.weight`. Shapes are
/// taken from them: some published checkpoints have wider layers than their configuration says.
final class PackedTensors {

  private static final String WEIGHT = ".weight";
  private static final Set<String> SUFFIXES = Set.of(".qweight", ".qzeros", ".scales", ".g_idx");
  private static final int PER_WORD = 8;

  private final Path source;
  private final PackedFormat format;
  private final Map<String, Part> parts = new HashMap<>();

  /// @param source for messages
  PackedTensors(Path source, PackedFormat format) {
    this.source = source;
    this.format = format;
  }

  private record Part(SafetensorsFile file, SafetensorsFile.Entry entry) {}

  /// Takes a tensor if it belongs to a packed matrix.
  ///
  /// @param name published name
  /// @return whether it does
  boolean take(String name, SafetensorsFile file, SafetensorsFile.Entry entry) {
    if (SUFFIXES.stream().noneMatch(name::endsWith)) {
      return false;
    }
    if (parts.put(name, new Part(file, entry)) != null) {
      throw new CheckpointException(file.path(), "tensor " + entry.name() + " is duplicated");
    }
    return true;
  }

  /// The packed matrices by the name that the tensor would have if it were not packed.
  ///
  /// @throws CheckpointException when tensors are missing or do not fit together
  Map<String, PackedMatrix> matrices() {
    Map<String, PackedMatrix> matrices = new HashMap<>();
    for (String name : parts.keySet()) {
      String layer = name.substring(0, name.lastIndexOf('.'));
      matrices.computeIfAbsent(layer + WEIGHT, weight -> matrix(layer, weight));
    }
    return matrices;
  }

  private PackedMatrix matrix(String layer, String weight) {
    Part levels = integers(layer + ".qweight");
    long[] shape = levels.entry().shape();
    boolean awq = format.layout() == PackedMatrix.Layout.AWQ;
    int inputs = Math.toIntExact(awq ? shape[0] : Math.multiplyExact(shape[0], PER_WORD));
    int outputs = Math.toIntExact(awq ? Math.multiplyExact(shape[1], PER_WORD) : shape[1]);
    int groupSize = format.groupSize() == -1 ? inputs : format.groupSize();
    if (inputs % groupSize != 0 || outputs % PER_WORD != 0) {
      throw invalid(
          layer,
          "has %d inputs and %d outputs, which are not whole groups of %d and words of %d"
              .formatted(inputs, outputs, groupSize, PER_WORD));
    }
    int groups = inputs / groupSize;
    Part zeroPoints = integers(layer + ".qzeros");
    requireShape(layer + ".qzeros", zeroPoints, groups, outputs / PER_WORD);
    Part scales = part(layer + ".scales");
    requireShape(layer + ".scales", scales, groups, outputs);
    return new PackedMatrix(
        weight,
        format.layout(),
        outputs,
        groupOfInput(layer, inputs, groupSize),
        groupSize,
        new PackedMatrix.Parts(
            levels.entry().data(),
            zeroPoints.entry().data(),
            scales.file().tensor(scales.entry(), layer + ".scales")));
  }

  private int[] groupOfInput(String layer, int inputs, int groupSize) {
    int[] groups = new int[inputs];
    String name = layer + ".g_idx";
    if (!parts.containsKey(name)) {
      Arrays.setAll(groups, input -> input / groupSize);
      return groups;
    }
    Part indices = integers(name);
    requireShape(name, indices, inputs);
    MemorySegment data = indices.entry().data();
    int[] members = new int[inputs / groupSize];
    for (int input = 0; input < inputs; input++) {
      int group =
          data.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), input);
      if (group < 0 || group >= members.length || ++members[group] > groupSize) {
        throw invalid(
            name,
            "assigns input %d to group %d, but there are %d groups of %d inputs"
                .formatted(input, group, members.length, groupSize));
      }
      groups[input] = group;
    }
    return groups;
  }

  private Part part(String name) {
    return Optional.ofNullable(parts.get(name))
        .orElseThrow(() -> new CheckpointException(source, "tensor " + name + " is missing"));
  }

  private Part integers(String name) {
    Part part = part(name);
    SafetensorsFile.Entry entry = part.entry();
    int dimensions = name.endsWith(".g_idx") ? 1 : 2;
    if (!entry.dtype().equals("I32") || entry.shape().length != dimensions) {
      throw invalid(
          name,
          "has dtype %s and shape %s instead of I32 and %d dimensions"
              .formatted(entry.dtype(), Arrays.toString(entry.shape()), dimensions));
    }
    long words = Arrays.stream(entry.shape()).reduce(1, Math::multiplyExact);
    if (entry.data().byteSize() != words * Integer.BYTES) {
      throw invalid(name, "has " + entry.data().byteSize() + " bytes for " + words + " words");
    }
    return part;
  }

  private void requireShape(String name, Part part, long... expected) {
    if (!Arrays.equals(part.entry().shape(), expected)) {
      throw invalid(
          name,
          "is %s instead of %s"
              .formatted(Arrays.toString(part.entry().shape()), Arrays.toString(expected)));
    }
  }

  private CheckpointException invalid(String name, String problem) {
    return new CheckpointException(source, "tensor " + name + " " + problem);
  }
}
