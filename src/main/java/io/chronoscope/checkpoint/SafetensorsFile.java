package io.chronoscope.checkpoint;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A safetensors file, mapped read-only: 8 bytes of header length, a JSON header, the tensors'
/// bytes. For the format and for what a reader must reject, see the safetensors README, "Format".
///
/// @param path symbolic links resolved
/// @param all the whole file
/// @param header the header's bytes
/// @param metadata texts of `__metadata__`
/// @param entries sorted by offset; they cover the data without gap or overlap
public record SafetensorsFile(
    Path path,
    MemorySegment all,
    MemorySegment header,
    Map<String, String> metadata,
    List<Entry> entries) {

  /// The reference implementation rejects longer headers.
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  public SafetensorsFile {
    metadata = Map.copyOf(metadata);
    entries = List.copyOf(entries);
  }

  /// A tensor as described by the header.
  ///
  /// @param dtype as written, possibly unsupported
  /// @param begin offset in the file, in bytes
  @SuppressWarnings("ArrayRecordComponent") // stays in this package, is not compared
  public record Entry(String name, String dtype, long[] shape, long begin, MemorySegment data) {}

  /// Maps a file and validates its header.
  ///
  /// @param arena unmaps the file when it is closed
  /// @throws CheckpointException when the file is not a complete safetensors file
  public static SafetensorsFile map(Path file, Arena arena) {
    Path real;
    MemorySegment all;
    try {
      if (!Files.isRegularFile(file)) {
        throw new CheckpointException(file, "file is missing");
      }
      real = file.toRealPath();
      try (FileChannel channel = FileChannel.open(real, StandardOpenOption.READ)) {
        all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      }
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e.getMessage(), e);
    }
    if (all.byteSize() < 8) {
      throw new CheckpointException(
          file, "is not a safetensors file: " + all.byteSize() + " bytes");
    }
    long length = all.get(LENGTH, 0);
    if (length < 2 || length > MAX_HEADER_BYTES) {
      throw new CheckpointException(
          file, "is not a safetensors file: header of " + length + " bytes");
    }
    if (8 + length > all.byteSize()) {
      throw new CheckpointException(
          file,
          "is truncated: header of %d bytes in a file of %d".formatted(length, all.byteSize()));
    }
    MemorySegment header = all.asSlice(8, length);
    List<Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new HashMap<>();
    for (Map.Entry<String, JsonNode> field : parse(file, header).properties()) {
      if (field.getKey().equals("__metadata__")) {
        field.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        entries.add(entry(file, field.getKey(), field.getValue(), all, 8 + length));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparing(e -> e.data().byteSize()));
    requireContiguous(file, entries, 8 + length, all.byteSize());
    return new SafetensorsFile(real, all, header, metadata, entries);
  }

  private static JsonNode parse(Path file, MemorySegment header) {
    byte[] bytes = header.toArray(ValueLayout.JAVA_BYTE);
    JsonNode node;
    try {
      node = JSON.readTree(bytes);
    } catch (IOException e) {
      throw new CheckpointException(file, "header is not JSON: " + e.getMessage(), e);
    }
    if (node == null || !node.isObject()) {
      throw new CheckpointException(file, "header is not a JSON object");
    }
    return node;
  }

  private static Entry entry(
      Path file, String name, JsonNode node, MemorySegment all, long dataStart) {
    JsonNode offsets = node.path("data_offsets");
    boolean complete =
        node.path("dtype").isTextual()
            && node.path("shape").isArray()
            && offsets.size() == 2
            && offsets.get(0).isIntegralNumber()
            && offsets.get(1).isIntegralNumber();
    if (!complete) {
      throw invalid(
          file, name, "is described by " + node + ", without valid dtype, shape or data_offsets");
    }
    long[] shape = new long[node.get("shape").size()];
    for (int i = 0; i < shape.length; i++) {
      JsonNode side = node.get("shape").get(i);
      if (!side.isIntegralNumber() || !side.canConvertToLong() || side.longValue() < 0) {
        throw invalid(file, name, "has the invalid shape " + node.get("shape"));
      }
      shape[i] = side.longValue();
    }
    long begin = offsets.get(0).longValue();
    long end = offsets.get(1).longValue();
    long dataSize = all.byteSize() - dataStart;
    boolean fit = offsets.get(0).canConvertToLong() && offsets.get(1).canConvertToLong();
    if (!fit || begin < 0 || end < begin) {
      throw invalid(file, name, "has invalid data_offsets " + offsets);
    }
    if (end > dataSize) {
      throw invalid(
          file,
          name,
          "ends at byte %d of the data, but there are only %d: the file is truncated"
              .formatted(end, dataSize));
    }
    return new Entry(
        name,
        node.get("dtype").textValue(),
        shape,
        dataStart + begin,
        all.asSlice(dataStart + begin, end - begin));
  }

  private static void requireContiguous(Path file, List<Entry> entries, long from, long size) {
    long at = from;
    String before = "the header";
    for (Entry entry : entries) {
      if (entry.begin() != at) {
        throw invalid(
            file,
            entry.name(),
            (entry.begin() < at ? "overlaps " : "leaves a gap after ") + before);
      }
      at += entry.data().byteSize();
      before = entry.name();
    }
    if (at != size) {
      throw new CheckpointException(
          file, "has %d bytes after its last tensor, %s".formatted(size - at, before));
    }
  }

  private static CheckpointException invalid(Path file, String tensor, String problem) {
    return new CheckpointException(file, "tensor " + tensor + " " + problem);
  }

  /// The entry as a tensor, once its element type and size have been checked.
  Tensor tensor(Entry entry, String publishedName) {
    DataType type;
    switch (entry.dtype()) {
      case "F32" -> type = DataType.F32;
      case "F16" -> type = DataType.F16;
      case "BF16" -> type = DataType.BF16;
      default ->
          throw invalid(
              path,
              entry.name(),
              "has dtype " + entry.dtype() + ", which is not supported (only F32, F16, BF16)");
    }
    long bytes = type.bytes();
    try {
      for (long side : entry.shape()) {
        bytes = Math.multiplyExact(bytes, side);
      }
    } catch (ArithmeticException e) {
      bytes = -1;
    }
    if (bytes != entry.data().byteSize()) {
      throw invalid(
          path,
          entry.name(),
          "of type %s and shape %s has %d bytes"
              .formatted(entry.dtype(), Arrays.toString(entry.shape()), entry.data().byteSize()));
    }
    return new Tensor(publishedName, type, entry.shape(), entry.data(), path, entry.begin());
  }
}
