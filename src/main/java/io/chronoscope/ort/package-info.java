/// ONNX Runtime behind typed values; the only package that knows it.
///
/// A [Graph] is built operator by operator with [Ops] and becomes a model of a few kilobytes
/// (`OnnxProtos`): its weights stay in the checkpoint's own files as [ExternalWeight]s. A [Session]
/// compiles it for a [Device] and runs it on [NativeTensor]s, which live outside the Java heap and
/// belong to their creator.
@NullMarked
package io.chronoscope.ort;

import org.jspecify.annotations.NullMarked;
