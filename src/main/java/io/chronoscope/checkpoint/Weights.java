package io.chronoscope.checkpoint;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// All weight tensors of a checkpoint by published name: `visual.*`, `model.*` and, unless the
/// embeddings are tied, `lm_head.weight`. In a quantized checkpoint some matrices are packed.
public final class Weights {

  static final String LM_HEAD = "lm_head.weight";
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final int NAMED_IN_MESSAGE = 5;

  private static final Pattern MLP = Pattern.compile("model\\.layers\\.\\d+\\.mlp\\..*");

  private final Set<String> names;
  private final Map<String, Tensor> tensors;
  private final Map<String, PackedMatrix> packed;
  private final List<SafetensorsFile> files;

  private Weights(
      List<String> names,
      Map<String, Tensor> tensors,
      Map<String, PackedMatrix> packed,
      List<SafetensorsFile> files) {
    this.names = Collections.unmodifiableSet(new LinkedHashSet<>(names));
    this.tensors = Map.copyOf(tensors);
    this.packed = Map.copyOf(packed);
    this.files = List.copyOf(files);
  }

  /// Maps the directory's weight files and checks them against `expected`.
  ///
  /// @param expected published name to shape
  /// @param packing of the packed matrices, if there may be any
  static Weights open(
      Path directory, Map<String, long[]> expected, Optional<PackedFormat> packing, Arena arena) {
    Path index = directory.resolve(INDEX);
    boolean sharded = Files.exists(index);
    Path source = sharded ? index : directory.resolve(SINGLE);
    if (!sharded && !Files.exists(source)) {
      throw new CheckpointException(directory, "has neither " + SINGLE + " nor " + INDEX);
    }
    List<SafetensorsFile> files = new ArrayList<>();
    Map<String, Tensor> found = new LinkedHashMap<>();
    Optional<PackedTensors> packedTensors =
        packing.map(format -> new PackedTensors(source, format));
    for (Path file : sharded ? shards(directory, index) : List.of(source)) {
      SafetensorsFile mapped = SafetensorsFile.map(file, arena);
      files.add(mapped);
      for (SafetensorsFile.Entry entry : mapped.entries()) {
        String name = publishedName(entry.name());
        if (packedTensors.isPresent() && packedTensors.get().take(name, mapped, entry)) {
          continue;
        }
        if (found.put(name, mapped.tensor(entry, name)) != null) {
          throw new CheckpointException(file, "tensor " + entry.name() + " is duplicated");
        }
      }
    }
    if (sharded) {
      requireIndexed(index, files);
    }
    Map<String, PackedMatrix> packed = packedTensors.map(PackedTensors::matrices).orElse(Map.of());
    Map<String, long[]> dense = new LinkedHashMap<>(expected);
    dense.keySet().removeAll(requireShapes(source, packed, expected));
    return new Weights(
        List.copyOf(expected.keySet()), matched(source, found, dense), packed, files);
  }

  private static Map<String, String> indexed(Path index) {
    CheckpointJson map =
        CheckpointJson.read(index)
            .object("weight_map")
            .orElseThrow(() -> new CheckpointException(index, "key weight_map is missing"));
    Map<String, String> fileOf = new LinkedHashMap<>();
    for (String tensor : map.keys()) {
      fileOf.put(tensor, map.text(tensor).orElseThrow());
    }
    return fileOf;
  }

  private static List<Path> shards(Path directory, Path index) {
    List<Path> files = new ArrayList<>();
    for (String name : new TreeSet<>(indexed(index).values())) {
      // The index is untrusted; it must not lead out of its directory.
      Path file = directory.resolve(name);
      if (!Path.of(name).equals(file.getFileName())) {
        throw new CheckpointException(index, "file " + name + " is outside the directory");
      }
      if (!Files.isRegularFile(file)) {
        throw new CheckpointException(file, "file is missing, but " + INDEX + " names it");
      }
      files.add(file);
    }
    return files;
  }

  private static void requireIndexed(Path index, List<SafetensorsFile> files) {
    Set<String> there = new TreeSet<>();
    for (SafetensorsFile file : files) {
      file.entries().forEach(entry -> there.add(entry.name()));
    }
    Set<String> missing = new TreeSet<>(indexed(index).keySet());
    missing.removeAll(there);
    if (!missing.isEmpty()) {
      throw new CheckpointException(
          index, "names tensors that its files do not contain: " + abbreviated(missing));
    }
  }

  /// The name as first published. Later versions of transformers write other prefixes.
  static String publishedName(String name) {
    if (name.startsWith("model.visual.")) {
      return name.substring("model.".length());
    }
    if (name.startsWith("model.language_model.")) {
      return "model." + name.substring("model.language_model.".length());
    }
    return name;
  }

  /// Checks the shapes of packed matrices. The inner width of the decoder's feed-forward networks
  /// may be larger than configured, if it is the same in all of them: some are padded with zeros.
  ///
  /// @return their names
  private static Set<String> requireShapes(
      Path source, Map<String, PackedMatrix> packed, Map<String, long[]> expected) {
    List<String> misshapen = new ArrayList<>();
    Set<Integer> innerWidths = new TreeSet<>();
    packed.forEach((name, matrix) -> {
      long[] shape = expected.get(name);
      if (shape == null) {
        throw new CheckpointException(source, "tensors are unexpected: packed " + name);
      }
      boolean mlp = MLP.matcher(name).matches();
      boolean down = name.contains(".down_proj.");
      if (mlp) {
        innerWidths.add(down ? matrix.inputs() : matrix.outputs());
      }
      boolean outputsFit =
          matrix.outputs() == shape[0] || mlp && !down && matrix.outputs() > shape[0];
      boolean inputsFit = matrix.inputs() == shape[1] || down && matrix.inputs() > shape[1];
      if (!outputsFit || !inputsFit) {
        misshapen.add(
            "%s is [%d, %d] instead of %s"
                .formatted(name, matrix.outputs(), matrix.inputs(), Arrays.toString(shape)));
      }
    });
    if (innerWidths.size() > 1) {
      misshapen.add("packed feed-forward networks have the inner widths " + innerWidths);
    }
    if (!misshapen.isEmpty()) {
      throw new CheckpointException(
          source, "tensors have unexpected shapes: " + abbreviated(misshapen));
    }
    return packed.keySet();
  }

  private static Map<String, Tensor> matched(
      Path source, Map<String, Tensor> found, Map<String, long[]> expected) {
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    Map<String, Tensor> matched = new LinkedHashMap<>();
    expected.forEach((name, shape) -> {
      Tensor tensor = found.get(name);
      if (tensor == null) {
        missing.add(name);
      } else {
        requireShape(tensor, shape, misshapen);
        matched.put(name, tensor);
      }
    });
    if (!missing.isEmpty()) {
      throw new CheckpointException(source, "tensors are missing: " + abbreviated(missing));
    }
    // Some tools store the tied projection too; it must then have the embedding's shape.
    long[] embedding = expected.get(EMBEDDING);
    Tensor unneeded = expected.containsKey(LM_HEAD) ? null : found.remove(LM_HEAD);
    if (unneeded != null && embedding != null) {
      requireShape(unneeded, embedding, misshapen);
    }
    if (!misshapen.isEmpty()) {
      throw new CheckpointException(
          source, "tensors have unexpected shapes: " + abbreviated(misshapen));
    }
    Set<String> unused = new TreeSet<>(found.keySet());
    unused.removeAll(expected.keySet());
    if (!unused.isEmpty()) {
      throw new CheckpointException(source, "tensors are unexpected: " + abbreviated(unused));
    }
    return matched;
  }

  private static void requireShape(Tensor tensor, long[] shape, List<String> misshapen) {
    if (!Arrays.equals(tensor.shape(), shape)) {
      misshapen.add(
          "%s is %s instead of %s"
              .formatted(tensor.name(), Arrays.toString(tensor.shape()), Arrays.toString(shape)));
    }
  }

  /// The first few names and the total.
  private static String abbreviated(Collection<String> names) {
    String first = String.join(", ", names.stream().limit(NAMED_IN_MESSAGE).toList());
    return names.size() <= NAMED_IN_MESSAGE ? first : first + ", … (" + names.size() + " in total)";
  }

  /// A tensor that is not packed.
  ///
  /// @throws IllegalArgumentException when a checkpoint of this configuration has no such tensor
  public Tensor get(String publishedName) {
    Tensor tensor = tensors.get(publishedName);
    if (tensor == null) {
      throw new IllegalArgumentException(
          packed.containsKey(publishedName)
              ? "tensor " + publishedName + " is packed"
              : "no tensor " + publishedName);
    }
    return tensor;
  }

  /// A matrix, if the checkpoint stores it packed.
  public Optional<PackedMatrix> packed(String publishedName) {
    return Optional.ofNullable(packed.get(publishedName));
  }

  /// Whether any matrix is packed.
  public boolean hasPacked() {
    return !packed.isEmpty();
  }

  /// The published names, in the order of the architecture. Those of packed matrices are included,
  /// as if they were not packed.
  public Set<String> names() {
    return names;
  }

  /// Numbers in all tensors: the size of the model in parameters.
  public long elements() {
    return tensors.values().stream().mapToLong(Tensor::elements).sum()
        + packed.values().stream()
            .mapToLong(matrix -> (long) matrix.inputs() * matrix.outputs())
            .sum();
  }

  /// Takes the files' pages out of this process's resident memory. Whatever is read afterwards
  /// comes back from the operating system's file cache.
  public void unload() {
    files.forEach(file -> file.all().unload());
  }

  List<SafetensorsFile> files() {
    return files;
  }
}
