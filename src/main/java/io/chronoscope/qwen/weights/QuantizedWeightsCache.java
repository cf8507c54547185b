package io.chronoscope.qwen.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.checkpoint.CheckpointException;
import io.chronoscope.checkpoint.SafetensorsFile;
import io.chronoscope.checkpoint.Tensor;
import io.chronoscope.checkpoint.Weights;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.ExternalWeight;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/// INT8 copies of checkpoints' matrices, made on first use: one safetensors file for each
/// checkpoint, named by its revision and the format's version. The file has a CRC-32C of each
/// tensor, is checked whenever it is opened, and made again when it is damaged. It appears under
/// its name only when it is complete. Several processes may share the directory.
public final class QuantizedWeightsCache {

  /// Changes with anything that changes the file's content.
  private static final String FORMAT = "int8-v1";

  private static final Logger LOG = System.getLogger("io.chronoscope.qwen.weights");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String OUTPUT_PROJECTION = "lm_head.weight";
  private static final String VALUES = ".int8";
  private static final String SCALES = ".scales";
  private static final String CHECKSUM = "crc32c ";
  private static final int WRITE_BYTES = 4 << 20;

  private final Path directory;

  /// @param directory created when the first file is made
  public QuantizedWeightsCache(Path directory) {
    this.directory = directory;
  }

  /// Returns a checkpoint's INT8 matrices, which are made first if the cache does not have them.
  /// Making them reads the whole checkpoint, with a few megabytes of memory for each gigabyte of
  /// the largest matrix.
  ///
  /// @throws CheckpointException when the file cannot be made; names it and says why
  public QuantizedWeights open(ModelRef model, Weights weights) {
    List<Tensor> matrices = matrices(weights);
    Path file =
        directory.resolve("%s-%s-%s.safetensors".formatted(model.name(), model.revision(), FORMAT));
    try {
      if (Files.exists(file)) {
        Optional<QuantizedWeights> found = read(file, matrices);
        if (found.isPresent()) {
          return found.get();
        }
      }
      Files.createDirectories(directory);
      Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        // Another process may have made it while this one waited for the lock.
        Optional<QuantizedWeights> found =
            Files.exists(file) ? read(file, matrices) : Optional.empty();
        if (found.isPresent()) {
          return found.get();
        }
        make(file, matrices);
      }
      return read(file, matrices)
          .orElseThrow(
              () -> new CheckpointException(file, "is damaged right after it was written"));
    } catch (IOException e) {
      throw new CheckpointException(
          file,
          "INT8 weights cannot be written to the cache directory (chronoscope.cache-dir): " + e,
          e);
    }
  }

  /// The tensors that linear layers multiply by. An embedding table is one if it is also the output
  /// projection.
  private static List<Tensor> matrices(Weights weights) {
    boolean tied = !weights.names().contains(OUTPUT_PROJECTION);
    return weights.names().stream()
        .map(weights::get)
        .filter(tensor -> tensor.shape().length == 2)
        .filter(tensor -> tied || !tensor.name().equals(EMBEDDING))
        .toList();
  }

  /// Returns the matrices if the file is whole.
  private static Optional<QuantizedWeights> read(Path file, List<Tensor> matrices) {
    try (Arena arena = Arena.ofShared()) {
      SafetensorsFile mapped = SafetensorsFile.map(file, arena);
      Map<String, SafetensorsFile.Entry> entries =
          mapped.entries().stream()
              .collect(Collectors.toMap(SafetensorsFile.Entry::name, Function.identity()));
      Optional<String> damaged =
          mapped.entries().parallelStream()
              .filter(entry ->
                  !checksum(entry.data().asByteBuffer())
                      .equals(mapped.metadata().get(CHECKSUM + entry.name())))
              .map(SafetensorsFile.Entry::name)
              .findFirst();
      if (damaged.isPresent()) {
        throw new CheckpointException(file, "checksum of " + damaged.get() + " does not match");
      }
      Map<String, QuantizedWeights.Matrix> found = new LinkedHashMap<>();
      for (Tensor matrix : matrices) {
        long[] shape = matrix.shape();
        found.put(
            matrix.name(),
            new QuantizedWeights.Matrix(
                weight(
                    mapped, entries, matrix.name() + VALUES, ElementType.INT8, shape[1], shape[0]),
                weight(mapped, entries, matrix.name() + SCALES, ElementType.FLOAT32, shape[0])));
      }
      return Optional.of(new QuantizedWeights(found));
    } catch (CheckpointException e) {
      LOG.log(Level.WARNING, "damaged cache file is made again: {0}", e.getMessage());
      return Optional.empty();
    }
  }

  private static ExternalWeight weight(
      SafetensorsFile file,
      Map<String, SafetensorsFile.Entry> entries,
      String name,
      ElementType type,
      long... shape) {
    SafetensorsFile.Entry entry = entries.get(name);
    if (entry == null || !Arrays.equals(entry.shape(), shape)) {
      throw new CheckpointException(file.path(), "has no tensor " + name + Arrays.toString(shape));
    }
    return new ExternalWeight(
        name, type, Arrays.stream(shape).boxed().toList(), file.path(), entry.begin());
  }

  private void make(Path file, List<Tensor> matrices) throws IOException {
    long start = System.nanoTime();
    Map<String, String> checksums = new LinkedHashMap<>();
    for (Tensor matrix : matrices) {
      // Placeholders of the final length.
      checksums.put(matrix.name() + VALUES, checksum(ByteBuffer.allocate(0)));
      checksums.put(matrix.name() + SCALES, checksum(ByteBuffer.allocate(0)));
    }
    long headerBytes = header(matrices, checksums).remaining();
    long dataBytes = matrices.stream().mapToLong(QuantizedWeightsCache::bytes).sum();
    requireSpace(headerBytes + dataBytes);
    LOG.log(
        Level.INFO,
        "making INT8 weights, once for this checkpoint: {0} ({1} MB)",
        file,
        Long.toString(dataBytes >> 20));
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      try (FileChannel channel =
          FileChannel.open(
              partial,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        channel.position(headerBytes);
        long written = 0;
        long reported = 0;
        for (Tensor matrix : matrices) {
          write(channel, matrix, checksums);
          written += bytes(matrix);
          if (written * 10 / dataBytes > reported) {
            reported = written * 10 / dataBytes;
            LOG.log(Level.INFO, "INT8 weights: {0} %", reported * 10);
          }
        }
        channel.position(0);
        writeFully(channel, header(matrices, checksums));
        channel.force(true);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
    LOG.log(Level.INFO, "INT8 weights made in {0} s", (System.nanoTime() - start) / 1_000_000_000);
  }

  private static void write(FileChannel channel, Tensor matrix, Map<String, String> checksums)
      throws IOException {
    RowQuantizer quantizer = RowQuantizer.of(matrix);
    CRC32C checksum = new CRC32C();
    for (int column = 0; column < quantizer.columns(); column += quantizer.blockColumns()) {
      ByteBuffer block = ByteBuffer.wrap(quantizer.transposedBlock(column));
      checksum.update(block.duplicate());
      writeFully(channel, block);
    }
    checksums.put(matrix.name() + VALUES, hex(checksum));
    float[] scales = quantizer.scales();
    ByteBuffer bytes =
        ByteBuffer.allocate(scales.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(scales);
    checksums.put(matrix.name() + SCALES, checksum(bytes.duplicate()));
    writeFully(channel, bytes);
  }

  private static long bytes(Tensor matrix) {
    return matrix.elements() + matrix.shape()[0] * Float.BYTES;
  }

  private void requireSpace(long bytes) throws IOException {
    long free = Files.getFileStore(directory).getUsableSpace();
    if (free < bytes) {
      throw new IOException(
          "%s has %d MB free, but %d MB are needed".formatted(directory, free >> 20, bytes >> 20));
    }
  }

  /// In pieces, because a channel copies what lies on the heap before it writes it.
  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    int end = bytes.limit();
    while (bytes.position() < end) {
      bytes.limit(Math.min(end, bytes.position() + WRITE_BYTES));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  private static ByteBuffer header(List<Tensor> matrices, Map<String, String> checksums) {
    ObjectNode header = JSON.createObjectNode();
    ObjectNode metadata = header.putObject("__metadata__").put("format", FORMAT);
    checksums.forEach((tensor, checksum) -> metadata.put(CHECKSUM + tensor, checksum));
    long at = 0;
    for (Tensor matrix : matrices) {
      long[] shape = matrix.shape();
      long middle = at + matrix.elements();
      ObjectNode values = header.putObject(matrix.name() + VALUES).put("dtype", "I8");
      values.putArray("shape").add(shape[1]).add(shape[0]);
      values.putArray("data_offsets").add(at).add(middle);
      at += bytes(matrix);
      ObjectNode scales = header.putObject(matrix.name() + SCALES).put("dtype", "F32");
      scales.putArray("shape").add(shape[0]);
      scales.putArray("data_offsets").add(middle).add(at);
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    // Padded with blanks, so that the data is aligned.
    byte[] padded = Arrays.copyOf(json, (json.length + 63) / 64 * 64 + 56);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return ByteBuffer.allocate(8 + padded.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(padded.length)
        .put(padded)
        .flip();
  }

  private static String checksum(ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return hex(checksum);
  }

  private static String hex(CRC32C checksum) {
    return "%08x".formatted(checksum.getValue());
  }
}
