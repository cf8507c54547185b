/// A checkpoint's tensors as values of an ONNX graph: [GraphWeights] adds them as external
/// initializers, [LinearWeight] is the format of a matrix that the graph multiplies by.
///
/// [ModelWeights] are the tensors as stored and, for INT8, the [QuantizedWeights] that
/// [QuantizedWeightsCache] makes once for each checkpoint with a [RowQuantizer].
///
/// To add a weight format such as int4, add a record to [LinearWeight].
@NullMarked
package io.chronoscope.qwen.weights;

import org.jspecify.annotations.NullMarked;
