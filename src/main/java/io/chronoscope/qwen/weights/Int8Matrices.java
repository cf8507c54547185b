package io.chronoscope.qwen.weights;

import io.chronoscope.checkpoint.Tensor;
import io.chronoscope.checkpoint.Weights;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.ExternalWeight;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/// INT8 copies of a checkpoint's matrices, in a file of [DerivedWeightsCache].
final class Int8Matrices implements AutoCloseable {

  /// The matrices that have a copy.
  enum Scope {
    /// Every matrix of a linear layer and the output projection.
    ALL("int8-v3"),
    /// As [#ALL], without those that the checkpoint stores in four bits.
    BESIDE_PACKED("int8-beside-packed-v3");

    private final String format;

    Scope(String format) {
      this.format = format;
    }
  }

  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String OUTPUT_PROJECTION = "lm_head.weight";
  private static final String VALUES = ".int8";
  private static final String SCALES = ".scales";
  private static final String TABLE = ".table";
  private static final long TABLE_PIECE_BYTES = 64 << 20;
  private static final String REST = ".int8_rest";

  /// The products whose rounded weights cost the encoder most of its precision for their size: a
  /// fifth of the error by a twelfth of the weights (docs/benchmarks/cpu-3b.md).
  private static final Pattern SENSITIVE =
      Pattern.compile("visual\\.blocks\\.\\d+\\.attn\\.proj\\.weight");

  private final DerivedWeights file;

  private Int8Matrices(DerivedWeights file) {
    this.file = file;
  }

  /// A matrix, quantized symmetrically with one scale for each output.
  ///
  /// @param values INT8 `[in, out]`, transposed as the runtime's integer products want it
  /// @param scales FLOAT32 `[out]`
  /// @param rest INT8 `[in, out]`: what rounding left, in levels of [Int8Quantizer#REST_FRACTION]
  ///   of a scale; only of sensitive matrices
  record Matrix(ExternalWeight values, ExternalWeight scales, Optional<ExternalWeight> rest) {}

  static Int8Matrices open(
      DerivedWeightsCache cache, ModelRef model, Weights weights, Scope scope) {
    List<DerivedTensor> tensors = new ArrayList<>();
    for (String name : names(weights, scope)) {
      tensors.addAll(tensors(name, MatrixSource.of(weights, name), weights));
    }
    tensors.add(table(weights.get(EMBEDDING)));
    return new Int8Matrices(cache.open(model, scope.format, tensors));
  }

  /// The embedding table as stored. The runtime reads it in place only if it lies beside the other
  /// large tensors.
  private static DerivedTensor table(Tensor tensor) {
    return new DerivedTensor(
        tensor.name() + TABLE,
        switch (tensor.type()) {
          case F32 -> ElementType.FLOAT32;
          case F16 -> ElementType.FLOAT16;
          case BF16 -> ElementType.BFLOAT16;
        },
        Arrays.stream(tensor.shape()).boxed().toList(),
        sink -> {
          MemorySegment data = tensor.data();
          for (long at = 0; at < data.byteSize(); at += TABLE_PIECE_BYTES) {
            long bytes = Math.min(TABLE_PIECE_BYTES, data.byteSize() - at);
            sink.write(data.asSlice(at, bytes).asByteBuffer());
          }
        });
  }

  /// The tensors that linear layers multiply by. An embedding table is one if it is also the output
  /// projection.
  private static List<String> names(Weights weights, Scope scope) {
    boolean tied = !weights.names().contains(OUTPUT_PROJECTION);
    return weights.names().stream()
        .filter(name ->
            weights.packed(name).isPresent()
                ? scope == Scope.ALL
                : weights.get(name).shape().length == 2)
        .filter(name -> tied || !name.equals(EMBEDDING))
        .toList();
  }

  private static List<DerivedTensor> tensors(String name, MatrixSource source, Weights weights) {
    long rows = source.rows();
    long columns = source.columns();
    // The tensors are written in this order; those after the first use its quantizer.
    List<Int8Quantizer> quantizer = new ArrayList<>(1);
    List<DerivedTensor> tensors = new ArrayList<>();
    tensors.add(
        new DerivedTensor(
            name + VALUES,
            ElementType.INT8,
            List.of(columns, rows),
            sink -> {
              quantizer.add(Int8Quantizer.of(source));
              writeBlocks(quantizer.getLast(), sink, quantizer.getLast()::transposedBlock);
            }));
    if (SENSITIVE.matcher(name).matches()) {
      tensors.add(
          new DerivedTensor(
              name + REST,
              ElementType.INT8,
              List.of(columns, rows),
              sink -> writeBlocks(quantizer.getLast(), sink, quantizer.getLast()::transposedRest)));
    }
    tensors.add(
        new DerivedTensor(
            name + SCALES,
            ElementType.FLOAT32,
            List.of(rows),
            sink -> {
              sink.write(littleEndian(quantizer.removeLast().scales()));
              weights.unload();
            }));
    return tensors;
  }

  private static void writeBlocks(
      Int8Quantizer quantizer, DerivedTensor.Sink sink, IntFunction<byte[]> block)
      throws IOException {
    for (int column = 0; column < quantizer.columns(); column += quantizer.blockColumns()) {
      sink.write(ByteBuffer.wrap(block.apply(column)));
    }
  }

  private static ByteBuffer littleEndian(float[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return bytes;
  }

  /// A table of rows that are only looked up.
  Optional<ExternalWeight> table(String name) {
    return file.has(name + TABLE) ? Optional.of(file.get(name + TABLE)) : Optional.empty();
  }

  Optional<Matrix> get(String name) {
    return file.has(name + VALUES)
        ? Optional.of(
            new Matrix(
                file.get(name + VALUES),
                file.get(name + SCALES),
                file.has(name + REST) ? Optional.of(file.get(name + REST)) : Optional.empty()))
        : Optional.empty();
  }

  void unload() {
    file.unload();
  }

  @Override
  public void close() {
    file.close();
  }
}
