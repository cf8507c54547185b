package io.chronoscope.qwen.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chronoscope.checkpoint.CheckpointException;
import io.chronoscope.checkpoint.SafetensorsFile;
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

/// Files of tensors that are derived from checkpoints' weights, such as quantized matrices, made on
/// first use: one safetensors file for each checkpoint and format, named by both and by the
/// checkpoint's revision. A file has a CRC-32C of each tensor, is checked whenever it is opened,
/// and made again when it is damaged. It appears under its name only when it is complete. Several
/// processes may share the directory.
public final class DerivedWeightsCache {

  private static final Logger LOG = System.getLogger("io.chronoscope.qwen.weights");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHECKSUM = "crc32c ";
  private static final int WRITE_BYTES = 4 << 20;

  /// Smaller files are made in a moment, without reports of progress.
  private static final long REPORTED_BYTES = 256 << 20;

  private final Path directory;

  /// @param directory created when the first file is made
  public DerivedWeightsCache(Path directory) {
    this.directory = directory;
  }

  /// Returns a checkpoint's tensors in a format. They are made first if the cache does not have
  /// them, which reads the whole checkpoint and takes a few tens of megabytes of memory.
  ///
  /// @param format of the content, with a version that changes with anything that changes it
  /// @param tensors all tensors of the file, in its order
  /// @throws CheckpointException when the file cannot be made; names it and says why
  DerivedWeights open(ModelRef model, String format, List<DerivedTensor> tensors) {
    Path file =
        directory.resolve("%s-%s-%s.safetensors".formatted(model.name(), model.revision(), format));
    try {
      Optional<DerivedWeights> existing = readIfPresent(file, tensors);
      if (existing.isPresent()) {
        return existing.get();
      }
      Files.createDirectories(directory);
      Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        // Another process may have made it while this one waited for the lock.
        Optional<DerivedWeights> meanwhile = readIfPresent(file, tensors);
        if (meanwhile.isPresent()) {
          return meanwhile.get();
        }
        make(file, format, tensors);
      }
      return readIfPresent(file, tensors)
          .orElseThrow(
              () -> new CheckpointException(file, "is damaged right after it was written"));
    } catch (IOException e) {
      throw new CheckpointException(
          file,
          format
              + " weights cannot be written to the cache directory (chronoscope.cache-dir): "
              + e,
          e);
    }
  }

  /// Returns the tensors if the file is there and whole.
  @SuppressWarnings("MustBeClosed") // the result owns the arena and closes it
  private static Optional<DerivedWeights> readIfPresent(Path file, List<DerivedTensor> tensors) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Arena arena = Arena.ofShared();
    try {
      return Optional.of(read(SafetensorsFile.map(file, arena), tensors, arena));
    } catch (CheckpointException e) {
      arena.close();
      LOG.log(Level.WARNING, "damaged cache file is made again: {0}", e.getMessage());
      return Optional.empty();
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static DerivedWeights read(
      SafetensorsFile mapped, List<DerivedTensor> tensors, Arena arena) {
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
      throw new CheckpointException(
          mapped.path(), "checksum of " + damaged.get() + " does not match");
    }
    Map<String, ExternalWeight> found = new LinkedHashMap<>();
    for (DerivedTensor tensor : tensors) {
      long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
      SafetensorsFile.Entry entry = entries.get(tensor.name());
      if (entry == null || !Arrays.equals(entry.shape(), shape)) {
        throw new CheckpointException(
            mapped.path(), "has no tensor " + tensor.name() + Arrays.toString(shape));
      }
      found.put(
          tensor.name(),
          new ExternalWeight(
              tensor.name(),
              tensor.type(),
              tensor.shape(),
              mapped.path(),
              entry.begin(),
              Optional.of(entry.data())));
    }
    return new DerivedWeights(found, mapped.all(), arena);
  }

  private void make(Path file, String format, List<DerivedTensor> tensors) throws IOException {
    long start = System.nanoTime();
    Map<String, String> checksums = new LinkedHashMap<>();
    // Placeholders of the final length.
    tensors.forEach(tensor -> checksums.put(tensor.name(), checksum(ByteBuffer.allocate(0))));
    long headerBytes = header(format, tensors, checksums).remaining();
    long dataBytes = tensors.stream().mapToLong(DerivedTensor::sizeBytes).sum();
    requireSpace(headerBytes + dataBytes);
    LOG.log(
        Level.INFO,
        "making {0} weights, once for this checkpoint: {1} ({2} MB)",
        format,
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
        for (DerivedTensor tensor : tensors) {
          checksums.put(tensor.name(), write(channel, tensor));
          written += tensor.sizeBytes();
          if (dataBytes >= REPORTED_BYTES && written * 10 / dataBytes > reported) {
            reported = written * 10 / dataBytes;
            LOG.log(Level.INFO, "{0} weights: {1} %", format, reported * 10);
          }
        }
        channel.position(0);
        writeFully(channel, header(format, tensors, checksums));
        channel.force(true);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
    LOG.log(
        Level.INFO,
        "{0} weights made in {1} s",
        format,
        (System.nanoTime() - start) / 1_000_000_000);
  }

  /// @return the checksum
  private static String write(FileChannel channel, DerivedTensor tensor) throws IOException {
    CRC32C checksum = new CRC32C();
    long start = channel.position();
    tensor
        .content()
        .writeTo(bytes -> {
          checksum.update(bytes.duplicate());
          writeFully(channel, bytes);
        });
    long written = channel.position() - start;
    if (written != tensor.sizeBytes()) {
      throw new IllegalStateException(
          "%s: %d bytes written instead of %d"
              .formatted(tensor.name(), written, tensor.sizeBytes()));
    }
    return hex(checksum);
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

  private static ByteBuffer header(
      String format, List<DerivedTensor> tensors, Map<String, String> checksums) {
    ObjectNode header = JSON.createObjectNode();
    ObjectNode metadata = header.putObject("__metadata__").put("format", format);
    checksums.forEach((tensor, checksum) -> metadata.put(CHECKSUM + tensor, checksum));
    long at = 0;
    for (DerivedTensor tensor : tensors) {
      ObjectNode entry = header.putObject(tensor.name()).put("dtype", dtype(tensor.type()));
      tensor.shape().forEach(entry.putArray("shape")::add);
      entry.putArray("data_offsets").add(at).add(at += tensor.sizeBytes());
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

  private static String dtype(ElementType type) {
    return switch (type) {
      case FLOAT32 -> "F32";
      case FLOAT16 -> "F16";
      case BFLOAT16 -> "BF16";
      case INT64 -> "I64";
      case INT32 -> "I32";
      case INT8 -> "I8";
      case UINT8 -> "U8";
      case BOOL -> "BOOL";
    };
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
