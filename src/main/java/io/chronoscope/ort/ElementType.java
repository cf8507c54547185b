package io.chronoscope.ort;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OnnxJavaType;

/// Element types of tensors in a graph.
public enum ElementType {
  FLOAT32(4, OnnxMl.TensorProto.DataType.FLOAT, OnnxJavaType.FLOAT),
  FLOAT16(2, OnnxMl.TensorProto.DataType.FLOAT16, OnnxJavaType.FLOAT16),
  BFLOAT16(2, OnnxMl.TensorProto.DataType.BFLOAT16, OnnxJavaType.BFLOAT16),
  INT64(8, OnnxMl.TensorProto.DataType.INT64, OnnxJavaType.INT64),
  INT32(4, OnnxMl.TensorProto.DataType.INT32, OnnxJavaType.INT32),
  INT8(1, OnnxMl.TensorProto.DataType.INT8, OnnxJavaType.INT8),
  UINT8(1, OnnxMl.TensorProto.DataType.UINT8, OnnxJavaType.UINT8),
  BOOL(1, OnnxMl.TensorProto.DataType.BOOL, OnnxJavaType.BOOL);

  private final int bytes;
  private final OnnxMl.TensorProto.DataType proto;
  private final OnnxJavaType java;

  ElementType(int bytes, OnnxMl.TensorProto.DataType proto, OnnxJavaType java) {
    this.bytes = bytes;
    this.proto = proto;
    this.java = java;
  }

  /// Size of one element in bytes.
  public int bytes() {
    return bytes;
  }

  static ElementType of(OnnxJavaType java) {
    for (ElementType type : values()) {
      if (type.java == java) {
        return type;
      }
    }
    throw new IllegalArgumentException("tensors of " + java + " are not used here");
  }

  OnnxMl.TensorProto.DataType proto() {
    return proto;
  }

  OnnxJavaType java() {
    return java;
  }
}
