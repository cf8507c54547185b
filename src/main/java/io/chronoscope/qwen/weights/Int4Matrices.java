package io.chronoscope.qwen.weights;

import io.chronoscope.checkpoint.PackedMatrix;
import io.chronoscope.checkpoint.Weights;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.ExternalWeight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The matrices of the decoder's layers in four bits, in blocks of inputs with a scale and a zero
/// point each, in a file of [DerivedWeightsCache]: as the checkpoint has them where it is published
/// in four bits, otherwise rounded to the nearest level.
final class Int4Matrices implements AutoCloseable {

  private static final String FORMAT = "int4-v2";
  private static final Pattern DECODER_LAYER =
      Pattern.compile("model\\.layers\\.\\d+\\.(self_attn|mlp)\\.\\w+_proj\\.weight");

  private static final String VALUES = ".int4";
  private static final String SCALES = ".int4_scales";
  private static final String ZERO_POINTS = ".int4_zero_points";
  private static final String ORDER = ".int4_order";

  /// Outputs that are computed before they are written.
  private static final int CHUNK_ROWS = 512;

  private final DerivedWeights file;

  private Int4Matrices(DerivedWeights file) {
    this.file = file;
  }

  /// A matrix in four bits, in the layout of the operator `MatMulNBits`.
  ///
  /// @param values UINT8 `[out, blocks, blockSize / 2]`, the even input in the low bits
  /// @param scales FLOAT32 `[out * blocks]`
  /// @param zeroPoints UINT8 `[out * ceil(blocks / 2)]`, the even block in the low bits; empty
  ///   where all are 8
  /// @param order INT64 `[in]`: for each input of the matrix, the index of the layer's input; empty
  ///   where they are the same
  record Matrix(
      ExternalWeight values,
      ExternalWeight scales,
      Optional<ExternalWeight> zeroPoints,
      Optional<ExternalWeight> order) {

    long outputs() {
      return values.shape().get(0);
    }

    long blockSize() {
      return 2 * values.shape().get(2);
    }

    long inputs() {
      return values.shape().get(1) * blockSize();
    }
  }

  static Int4Matrices open(DerivedWeightsCache cache, ModelRef model, Weights weights) {
    List<DerivedTensor> tensors = new ArrayList<>();
    for (String name : weights.names()) {
      Optional<PackedMatrix> packed = weights.packed(name);
      if (packed.isPresent()) {
        tensors.addAll(tensors(name, new PackedBlocks(packed.get())));
      } else if (DECODER_LAYER.matcher(name).matches()) {
        MatrixSource matrix = MatrixSource.of(weights, name);
        if (RoundedBlocks.fits(matrix.columns())) {
          tensors.addAll(tensors(name, new RoundedBlocks(matrix)));
        }
      }
    }
    return new Int4Matrices(cache.open(model, FORMAT, tensors));
  }

  private static List<DerivedTensor> tensors(String name, Int4Blocks source) {
    long outputs = source.outputs();
    int blocks = source.blocks();
    long zeroBytes = Math.ceilDiv(blocks, 2);
    List<DerivedTensor> tensors = new ArrayList<>();
    source
        .order()
        .ifPresent(order ->
            tensors.add(
                new DerivedTensor(
                    name + ORDER,
                    ElementType.INT64,
                    List.of((long) order.length),
                    sink -> sink.write(littleEndian(order)))));
    tensors.add(
        new DerivedTensor(
            name + VALUES,
            ElementType.UINT8,
            List.of(outputs, (long) blocks, source.blockSize() / 2L),
            sink -> writeRows(source, sink, blocks * source.blockSize() / 2, source::values)));
    tensors.add(
        new DerivedTensor(
            name + SCALES,
            ElementType.FLOAT32,
            List.of(outputs * blocks),
            sink -> writeRows(source, sink, blocks * Float.BYTES, source::scales)));
    if (source.hasZeroPoints()) {
      tensors.add(
          new DerivedTensor(
              name + ZERO_POINTS,
              ElementType.UINT8,
              List.of(outputs * zeroBytes),
              sink -> writeRows(source, sink, (int) zeroBytes, source::zeroPoints)));
    }
    return tensors;
  }

  /// Writes one output's bytes.
  private interface Row {
    void write(int output, ByteBuffer bytes);
  }

  private static void writeRows(Int4Blocks source, DerivedTensor.Sink sink, int rowBytes, Row row)
      throws IOException {
    for (int first = 0; first < source.outputs(); first += CHUNK_ROWS) {
      int from = first;
      int rows = Math.min(CHUNK_ROWS, source.outputs() - first);
      ByteBuffer chunk = ByteBuffer.allocate(rows * rowBytes);
      RowTasks.run(
          rows,
          (start, end) -> {
            for (int i = start; i < end; i++) {
              row.write(
                  from + i, chunk.slice(i * rowBytes, rowBytes).order(ByteOrder.LITTLE_ENDIAN));
            }
          });
      sink.write(chunk);
    }
  }

  private static ByteBuffer littleEndian(int[] indices) {
    ByteBuffer bytes = ByteBuffer.allocate(indices.length * Long.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (int index : indices) {
      bytes.putLong(index);
    }
    return bytes.flip();
  }

  Optional<Matrix> get(String name) {
    return file.has(name + VALUES)
        ? Optional.of(
            new Matrix(
                file.get(name + VALUES),
                file.get(name + SCALES),
                optional(name + ZERO_POINTS),
                optional(name + ORDER)))
        : Optional.empty();
  }

  private Optional<ExternalWeight> optional(String name) {
    return file.has(name) ? Optional.of(file.get(name)) : Optional.empty();
  }

  void unload() {
    file.unload();
  }

  @Override
  public void close() {
    file.close();
  }
}
