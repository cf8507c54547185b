package io.chronoscope.ort;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// An ONNX graph that is written down operator by operator; see [the
/// operators](https://onnx.ai/onnx/operators/) and ONNX Runtime's own ones ([contrib
/// operators](https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md)). Types
/// are followed; shapes are the runtime's business. [Ops] has the operators that the model needs.
public final class Graph {

  static final int OPSET = 21;
  static final int IR_VERSION = 10;
  static final String CONTRIB = "com.microsoft";

  private final OnnxMl.GraphProto.Builder proto = OnnxMl.GraphProto.newBuilder();
  private final AtomicInteger names;
  private final Map<String, ExternalWeight> weights = new LinkedHashMap<>();
  private final Map<ByteString, Value> constants = new LinkedHashMap<>();
  private final List<Value> outputs = new ArrayList<>();

  private Graph(String name, AtomicInteger names) {
    this.names = names;
    proto.setName(name);
  }

  public static Graph named(String name) {
    return new Graph(name, new AtomicInteger());
  }

  /// The body of a loop: it may read every value of this graph, and names stay unique.
  public Graph body(String name) {
    return new Graph(name, names);
  }

  /// An input of `rank` dimensions of any size.
  public Value input(String name, ElementType type, int rank) {
    Value value = new Value(name, type);
    proto.addInput(declaration(value, rank));
    return value;
  }

  /// An input of a loop's body, of `rank` dimensions that may change from step to step.
  public Value bodyInput(String hint, ElementType type, int rank) {
    Value value = fresh(hint, type);
    proto.addInput(declaration(value, rank));
    return value;
  }

  /// Gives `value` to the outside under `name`.
  public void output(String name, Value value, int rank) {
    Value named = new Value(name, value.type());
    proto.addNode(node("", "Identity", List.of(value), List.of(named)));
    proto.addOutput(declaration(named, rank));
    outputs.add(named);
  }

  void bodyOutput(Value value) {
    // an output that merely passes an input or an outer value on must have a name of its own
    Value own = node("Identity", value.type(), List.of(value), Map.of());
    proto.addOutput(declaration(own, -1));
    outputs.add(own);
  }

  List<Value> outputs() {
    return outputs;
  }

  public Value weight(ExternalWeight weight) {
    weights.put(weight.name(), weight);
    proto.addInitializer(
        OnnxMl.TensorProto.newBuilder()
            .setName(weight.name())
            .setDataType(weight.type().proto().getNumber())
            .addAllDims(weight.shape())
            .setDataLocation(OnnxMl.TensorProto.DataLocation.EXTERNAL)
            .addExternalData(entry("location", fileName(weight)))
            .addExternalData(entry("offset", Long.toString(weight.offsetBytes())))
            .addExternalData(entry("length", Long.toString(weight.sizeBytes()))));
    return new Value(weight.name(), weight.type());
  }

  private static String fileName(ExternalWeight weight) {
    Path name = weight.file().getFileName();
    if (name == null) {
      throw new IllegalArgumentException(weight.name() + " is in no file: " + weight.file());
    }
    return name.toString();
  }

  public Value longs(long[] values, long... shape) {
    ByteBuffer bytes = littleEndian(values.length * 8);
    bytes.asLongBuffer().put(values);
    return constant(ElementType.INT64, bytes, shape);
  }

  /// A list of longs, mostly a shape.
  public Value list(long... values) {
    return longs(values, values.length);
  }

  public Value scalar(long value) {
    return longs(new long[] {value});
  }

  public Value ints(int[] values, long... shape) {
    ByteBuffer bytes = littleEndian(values.length * 4);
    bytes.asIntBuffer().put(values);
    return constant(ElementType.INT32, bytes, shape);
  }

  public Value floats(float[] values, long... shape) {
    ByteBuffer bytes = littleEndian(values.length * 4);
    bytes.asFloatBuffer().put(values);
    return constant(ElementType.FLOAT32, bytes, shape);
  }

  public Value scalar(float value) {
    return floats(new float[] {value});
  }

  public Value bools(boolean[] values, long... shape) {
    ByteBuffer bytes = littleEndian(values.length);
    for (boolean value : values) {
      bytes.put((byte) (value ? 1 : 0));
    }
    return constant(ElementType.BOOL, bytes.rewind(), shape);
  }

  private Value constant(ElementType type, ByteBuffer bytes, long... shape) {
    OnnxMl.TensorProto.Builder tensor =
        OnnxMl.TensorProto.newBuilder()
            .setDataType(type.proto().getNumber())
            .setRawData(ByteString.copyFrom(bytes));
    for (long dimension : shape) {
      tensor.addDims(dimension);
    }
    // small constants repeat in every layer; one of each is enough
    ByteString key = tensor.build().toByteString();
    return tensor.getRawData().size() > 64
        ? addConstant(tensor, type)
        : constants.computeIfAbsent(key, k -> addConstant(tensor, type));
  }

  private Value addConstant(OnnxMl.TensorProto.Builder tensor, ElementType type) {
    Value value = fresh("const", type);
    proto.addInitializer(tensor.setName(value.name()));
    return value;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  Value node(String op, ElementType type, List<Value> inputs, Map<String, Object> attributes) {
    return nodes("", op, List.of(type), inputs, attributes).getFirst();
  }

  Value contrib(String op, ElementType type, List<Value> inputs, Map<String, Object> attributes) {
    return nodes(CONTRIB, op, List.of(type), inputs, attributes).getFirst();
  }

  List<Value> nodes(
      String domain,
      String op,
      List<ElementType> types,
      List<Value> inputs,
      Map<String, Object> attributes) {
    List<Value> results = types.stream().map(type -> fresh(op, type)).toList();
    OnnxMl.NodeProto.Builder node = node(domain, op, inputs, results);
    attributes.forEach((name, value) -> node.addAttribute(attribute(name, value)));
    proto.addNode(node);
    return results;
  }

  private static OnnxMl.NodeProto.Builder node(
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

  private Value fresh(String hint, ElementType type) {
    return new Value(hint + "_" + names.incrementAndGet(), type);
  }

  private static OnnxMl.AttributeProto attribute(String name, Object value) {
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
          attribute.setType(OnnxMl.AttributeProto.AttributeType.GRAPH).setG(body.proto);
      default -> throw new IllegalArgumentException(name + ": " + value.getClass());
    }
    return attribute.build();
  }

  private static OnnxMl.ValueInfoProto declaration(Value value, int rank) {
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

  private static OnnxMl.StringStringEntryProto entry(String key, String value) {
    return OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  Map<String, ExternalWeight> weights() {
    return weights;
  }

  /// The serialised model, without the weights.
  byte[] model() {
    return OnnxMl.ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("chronoscope")
        .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
        .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setDomain(CONTRIB).setVersion(1))
        .setGraph(proto)
        .build()
        .toByteArray();
  }
}
