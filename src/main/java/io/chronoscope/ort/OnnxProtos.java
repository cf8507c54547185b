package io.chronoscope.ort;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;

/// The parts of a [Graph] as ONNX protobuf messages. See [the
/// operators](https://onnx.ai/onnx/operators/) and ONNX Runtime's own ones, the [contrib
/// operators](https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md).
final class OnnxProtos {

  /// Domain of the contrib operators.
  static final String CONTRIB = "com.microsoft";

  private static final int OPSET = 21;
  private static final int IR_VERSION = 10;

  private OnnxProtos() {}

  static OnnxMl.ModelProto model(OnnxMl.GraphProto graph) {
    return OnnxMl.ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("chronoscope")
        .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setDomain(CONTRIB).setVersion(1))
        .setGraph(graph)
        .build();
  }

  static OnnxMl.NodeProto.Builder node(
      String domain, String op, List<Value> inputs, List<Value> results) {
    OnnxMl.NodeProto.Builder node =
        OnnxMl.NodeProto.newBuilder()
            .setDomain(domain)
            .setOpType(op)
            .setName(results.getFirst().name());
    inputs.forEach(input -> node.addInput(input.name()));
    results.forEach(result -> node.addOutput(result.name()));
    return node;
  }

  /// @param value a [Long], an [Integer], a [Float], a [String], an array of longs or a [Graph]
  static OnnxMl.AttributeProto attribute(String name, Object value) {
    OnnxMl.AttributeProto.Builder attribute = OnnxMl.AttributeProto.newBuilder().setName(name);
    switch (value) {
      case Long number -> attribute.setType(OnnxMl.AttributeProto.AttributeType.INT).setI(number);
      case Integer number ->
          attribute.setType(OnnxMl.AttributeProto.AttributeType.INT).setI(number);
      case Float number ->
          attribute.setType(OnnxMl.AttributeProto.AttributeType.FLOAT).setF(number);
      case String text ->
          attribute
              .setType(OnnxMl.AttributeProto.AttributeType.STRING)
              .setS(ByteString.copyFromUtf8(text));
      case long[] numbers -> {
        attribute.setType(OnnxMl.AttributeProto.AttributeType.INTS);
        for (long number : numbers) {
          attribute.addInts(number);
        }
      }
      case Graph body ->
          attribute.setType(OnnxMl.AttributeProto.AttributeType.GRAPH).setG(body.proto());
      default ->
          throw new IllegalArgumentException(
              "attribute " + name + " has the unsupported type " + value.getClass());
    }
    return attribute.build();
  }

  /// Declares an input or output.
  ///
  /// @param rank number of dimensions, each of any size; -1 when unknown
  static OnnxMl.ValueInfoProto declaration(Value value, int rank) {
    OnnxMl.TypeProto.Tensor.Builder tensor =
        OnnxMl.TypeProto.Tensor.newBuilder().setElemType(value.type().proto().getNumber());
    if (rank >= 0) {
      OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder();
      for (int i = 0; i < rank; i++) {
        shape.addDim(OnnxMl.TensorShapeProto.Dimension.getDefaultInstance());
      }
      tensor.setShape(shape);
    }
    return OnnxMl.ValueInfoProto.newBuilder()
        .setName(value.name())
        .setType(OnnxMl.TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /// An initializer whose data stays in its file.
  static OnnxMl.TensorProto external(ExternalWeight weight) {
    return OnnxMl.TensorProto.newBuilder()
        .setName(weight.name())
        .setDataType(weight.type().proto().getNumber())
        .addAllDims(weight.shape())
        .setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", fileName(weight)))
        .addExternalData(entry("offset", Long.toString(weight.offsetBytes())))
        .addExternalData(entry("length", Long.toString(weight.sizeBytes())))
        .build();
  }

  /// An initializer whose data the session gets from memory. The runtime wants a location, but does
  /// not read it.
  static OnnxMl.TensorProto external(MappedWeight weight) {
    return OnnxMl.TensorProto.newBuilder()
        .setName(weight.name())
        .setDataType(weight.type().proto().getNumber())
        .addAllDims(weight.shape())
        .setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", "mapped"))
        .build();
  }

  private static String fileName(ExternalWeight weight) {
    Path name = weight.file().getFileName();
    if (name == null) {
      throw new IllegalArgumentException(
          weight.name() + ": the file of a weight has no name: " + weight.file());
    }
    return name.toString();
  }

  private static OnnxMl.StringStringEntryProto entry(String key, String value) {
    return OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
