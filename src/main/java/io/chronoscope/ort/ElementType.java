package io.chronoscope.ort;

import ai.onnx.proto.OnnxMl;

/// Element types of tensors in a graph.
public enum ElementType {
  FLOAT32(4, OnnxMl.TensorProto.DataType.FLOAT),
  FLOAT16(2, OnnxMl.TensorProto.DataType.FLOAT16),
  BFLOAT16(2, OnnxMl.TensorProto.DataType.BFLOAT16),
  INT64(8, OnnxMl.TensorProto.DataType.INT64),
  INT32(4, OnnxMl.TensorProto.DataType.INT32),
  INT8(1, OnnxMl.TensorProto.DataType.INT8),
  UINT8(1, OnnxMl.TensorProto.DataType.UINT8),
  BOOL(1, OnnxMl.TensorProto.DataType.BOOL);

  private final int bytes;
  private final OnnxMl.TensorProto.DataType proto;

  ElementType(int bytes, OnnxMl.TensorProto.DataType proto) {
    this.bytes = bytes;
    this.proto = proto;
  }

  /// Size of one element in bytes.
  public int bytes() {
    return bytes;
  }

  OnnxMl.TensorProto.DataType proto() {
    return proto;
  }

  /// The runtime's number of the type, `ONNXTensorElementDataType`: the same as in ONNX files.
  int onnx() {
    return proto.getNumber();
  }

  static ElementType of(int onnx) {
    for (ElementType type : values()) {
      if (type.onnx() == onnx) {
        return type;
      }
    }
    throw new OnnxRuntimeException("a graph returned a tensor of the unknown element type " + onnx);
  }
}
