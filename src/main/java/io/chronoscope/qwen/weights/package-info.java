/// A checkpoint's tensors as values of an ONNX graph: [GraphWeights] adds them as external
/// initializers, [LinearWeight] is the format of a matrix that the graph multiplies by.
///
/// [ModelWeights] are the tensors as stored and copies in other formats, which
/// [DerivedWeightsCache] keeps in files: [Int8Matrices], made by an [Int8Quantizer], and
/// [Int4Matrices] of [Int4Blocks], rounded or as published.
///
/// To add a weight format, add a record to [LinearWeight] and a class beside [Int8Matrices] that
/// lists its [DerivedTensor]s.
@NullMarked
package io.chronoscope.qwen.weights;

import org.jspecify.annotations.NullMarked;
