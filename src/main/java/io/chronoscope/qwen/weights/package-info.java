/// A checkpoint's tensors as values of an ONNX graph: [GraphWeights] adds them as external
/// initializers, [LinearWeight] is the format of a matrix that the graph multiplies by.
///
/// To add a weight format such as int4, add a record to [LinearWeight].
@NullMarked
package io.chronoscope.qwen.weights;

import org.jspecify.annotations.NullMarked;
