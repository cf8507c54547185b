/// How a checkpoint's tensors become initializers of an ONNX graph.
@NullMarked
package io.chronoscope.qwen.weights;

import org.jspecify.annotations.NullMarked;
