/// ONNX Runtime behind typed values; the only package that knows it, through `ort.capi`.
///
/// A [Graph] is built operator by operator with [Ops] and becomes a model of a few kilobytes
/// (`OnnxProtos`): its weights stay in the checkpoint's own files as [ExternalWeight]s. A [Session]
/// compiles it for a [Device] and runs it on [NativeTensor]s, which live outside the Java heap and
/// belong to their creator. A [Binding] keeps tensors where they are from run to run, in host,
/// pinned or device [Memory], and a [CapturedRun] repeats its runs as CUDA graphs.
///
/// [RuntimeLibrary] finds the native library, [CudaSupport] says what a GPU takes.
@NullMarked
package io.chronoscope.ort;

import org.jspecify.annotations.NullMarked;
