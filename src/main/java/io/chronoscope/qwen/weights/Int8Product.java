package io.chronoscope.qwen.weights;

import io.chronoscope.ort.Ops;
import io.chronoscope.ort.Value;
import java.util.List;

/// The product with an INT8 matrix as operators of a graph. Activations are quantized token by
/// token:
///
/// ```
/// x = magnitude · (first + second / 254) / 127    with first and second of 8 bits each
/// ```
///
/// All digits go through one operator, so that the matrix is read once, which is what a single
/// token costs.
final class Int8Product {

  /// Levels on either side of zero.
  private static final int LEVELS = 127;

  private static final int ZERO_POINT = 128;

  /// Half a step of the first digit, relative to the token's largest magnitude, is the largest
  /// magnitude of the second digit.
  private static final float SECOND_DIGIT = 1f / (2 * LEVELS);

  /// Keeps a token of zeros from dividing zero by zero.
  private static final float SMALLEST = 1e-30f;

  /// A token has outliers if its largest magnitude is more than this many times its root mean
  /// square. Rounding changes one without outliers by about 12 / (127 · √12) of itself at most, 2.7
  /// %.
  private static final double OUTLIER = 12;

  private final Ops ops;
  private final LinearWeight.Int8 weight;
  private final Value step;
  private final Value zeroPoint;

  Int8Product(Ops ops, LinearWeight.Int8 weight) {
    this.ops = ops;
    this.weight = weight;
    this.step = ops.graph().floats(new float[] {1f / LEVELS});
    this.zeroPoint = ops.graph().uint8(ZERO_POINT);
  }

  /// @param x `[…, in]`
  /// @return `[…, out]`
  Value multiply(Value x) {
    return switch (weight.digits()) {
      case ONE -> multiply(x, (relative, first) -> matMul(first, weight.matrix()));
      case TWO -> multiply(x, this::withSecondDigit);
      case TWO_FOR_OUTLIERS -> {
        Value shape =
            ops.concat(List.of(ops.leadingDimensions(x), ops.dimension(weight.scales(), 0)), 0);
        Value product = multiply(ops.rows(x), this::withSecondDigitForOutliers);
        yield ops.reshapeExactly(product, shape);
      }
    };
  }

  /// Multiplies activations by the matrix.
  private interface Digits {
    /// @param relative to their token's largest magnitude
    /// @param first their first digit
    Value multiply(Value relative, Value first);
  }

  private Value multiply(Value x, Digits digits) {
    Value smallest = ops.graph().floats(new float[] {SMALLEST});
    Value magnitude = ops.max(ops.maxOfRows(ops.abs(x)), smallest);
    Value relative = ops.div(x, magnitude);
    Value first = ops.quantize(relative, step, zeroPoint);
    Value product = digits.multiply(relative, first);
    Value sum =
        weight
            .rest()
            .map(fine -> ops.add(product, times(matMul(first, fine), Int8Quantizer.REST_FRACTION)))
            .orElse(product);
    return ops.mul(sum, magnitude);
  }

  private Value withSecondDigit(Value relative, Value first) {
    Value digits = ops.concat(List.of(first, second(relative, first)), 0);
    List<Value> products = ops.halves(matMul(digits, weight.matrix()), 0);
    return ops.add(products.get(0), times(products.get(1), SECOND_DIGIT));
  }

  private Value withSecondDigitForOutliers(Value relative, Value first) {
    float least = (float) (Math.sqrt(weight.inputs()) / OUTLIER);
    Value isOutlier = ops.less(ops.norm(relative), ops.graph().floats(new float[] {least}));
    Value outliers = ops.rowsWhere(isOutlier);
    Value second = second(ops.gather(relative, outliers, 0), ops.gather(first, outliers, 0));
    Value sizes = ops.concat(List.of(ops.dimension(first, 0), ops.dimension(second, 0)), 0);
    Value digits = ops.concat(List.of(first, second), 0);
    List<Value> products = ops.split(matMul(digits, weight.matrix()), sizes, 2, 0);
    return ops.addToRows(products.get(0), outliers, times(products.get(1), SECOND_DIGIT));
  }

  /// The second digit, in steps that are [#SECOND_DIGIT] as large.
  private Value second(Value relative, Value first) {
    Value rest = ops.sub(relative, ops.dequantize(first, step, zeroPoint));
    return ops.quantize(rest, ops.graph().floats(new float[] {SECOND_DIGIT / LEVELS}), zeroPoint);
  }

  private Value matMul(Value digits, Value matrix) {
    return ops.integerMatMul(digits, step, zeroPoint, matrix, weight.scales());
  }

  private Value times(Value value, float factor) {
    return ops.mul(value, ops.graph().floats(new float[] {factor}));
  }
}
