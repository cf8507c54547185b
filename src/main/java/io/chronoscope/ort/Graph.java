package io.chronoscope.ort;

import static java.util.stream.Collectors.toSet;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// An ONNX graph under construction, operator by operator. [Ops] has the operators that the model
/// needs. Element types are tracked; shapes are left to the runtime. Not thread-safe.
public final class Graph {

  private final OnnxMl.GraphProto.Builder proto = OnnxMl.GraphProto.newBuilder();
  private final AtomicInteger names;
  private final Map<String, ExternalWeight> weights = new LinkedHashMap<>();
  private final Map<String, MappedWeight> mappedWeights = new LinkedHashMap<>();
  private final Map<ByteString, Value> constants = new LinkedHashMap<>();
  private final Set<String> bfloat16;

  /// @param bfloat16 names of all values of that type, in this graph and those around it
  private Graph(String name, AtomicInteger names, Set<String> bfloat16) {
    this.names = names;
    this.bfloat16 = bfloat16;
    proto.setName(name);
  }

  public static Graph named(String name) {
    return new Graph(name, new AtomicInteger(), new HashSet<>());
  }

  /// A nested graph: the body of a loop or a branch. It may read every value of this graph.
  public Graph body(String name) {
    return new Graph(name, names, bfloat16);
  }

  /// Declares an input with `rank` dimensions of any size.
  public Value input(String name, ElementType type, int rank) {
    Value value = known(new Value(name, type));
    proto.addInput(OnnxProtos.declaration(value, rank));
    return value;
  }

  /// Declares an input of a loop body, with `rank` dimensions that may change from step to step.
  public Value bodyInput(String hint, ElementType type, int rank) {
    Value value = fresh(hint, type);
    proto.addInput(OnnxProtos.declaration(value, rank));
    return value;
  }

  /// Declares `value` as an output.
  public void output(String name, Value value, int rank) {
    Value named = known(new Value(name, value.type()));
    proto.addNode(OnnxProtos.node("", "Identity", List.of(value), List.of(named)));
    proto.addOutput(OnnxProtos.declaration(named, rank));
  }

  /// Declares the result of a node as an output that the node itself writes, so that a tensor which
  /// the caller binds to it is written in place. Nothing in the graph reads the value.
  ///
  /// @throws IllegalArgumentException when no node of this graph computes it
  public void directOutput(String name, Value value, int rank) {
    for (int node = proto.getNodeCount() - 1; node >= 0; node--) {
      int at = proto.getNode(node).getOutputList().indexOf(value.name());
      if (at >= 0) {
        proto.getNodeBuilder(node).setOutput(at, name);
        proto.addOutput(OnnxProtos.declaration(known(new Value(name, value.type())), rank));
        return;
      }
    }
    throw new IllegalArgumentException("no node computes " + value.name());
  }

  void bodyOutput(Value value) {
    // An output that only passes on an input or an outer value needs a name of its own.
    Value own = node("Identity", value.type(), List.of(value), Map.of());
    proto.addOutput(OnnxProtos.declaration(own, -1));
  }

  /// Adds a weight that stays in its file.
  public Value weight(ExternalWeight weight) {
    weights.put(weight.name(), weight);
    proto.addInitializer(OnnxProtos.external(weight));
    return known(new Value(weight.name(), weight.type()));
  }

  /// Adds a weight that is read where the program has mapped it.
  public Value weight(MappedWeight weight) {
    mappedWeights.put(weight.name(), weight);
    proto.addInitializer(OnnxProtos.external(weight));
    return known(new Value(weight.name(), weight.type()));
  }

  public Value longs(long[] values, long... shape) {
    ByteBuffer bytes = littleEndian(values.length * 8);
    bytes.asLongBuffer().put(values);
    return constant(ElementType.INT64, bytes, shape);
  }

  /// A list of INT64, usually a shape.
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

  public Value uint8(int value) {
    return constant(ElementType.UINT8, ByteBuffer.wrap(new byte[] {(byte) value}));
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
    // Small constants recur in every layer; one of each is enough.
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
    return nodes(OnnxProtos.CONTRIB, op, List.of(type), inputs, attributes).getFirst();
  }

  List<Value> nodes(
      String domain,
      String op,
      List<ElementType> types,
      List<Value> inputs,
      Map<String, Object> attributes) {
    List<Value> results = types.stream().map(type -> fresh(op, type)).toList();
    addNode(domain, op, results, inputs, attributes);
    return results;
  }

  /// As `contrib`, for an operator with optional results of which only the first and the last are
  /// computed.
  ///
  /// @param results number of results, with the optional ones
  /// @return the first and the last
  List<Value> contribFirstAndLast(
      String op,
      ElementType type,
      int results,
      List<Value> inputs,
      Map<String, Object> attributes) {
    Value first = fresh(op, type);
    Value last = fresh(op, type);
    List<Value> all = new ArrayList<>(Collections.nCopies(results, new Value("", type)));
    all.set(0, first);
    all.set(results - 1, last);
    addNode(OnnxProtos.CONTRIB, op, all, inputs, attributes);
    return List.of(first, last);
  }

  private void addNode(
      String domain,
      String op,
      List<Value> results,
      List<Value> inputs,
      Map<String, Object> attributes) {
    OnnxMl.NodeProto.Builder node = OnnxProtos.node(domain, op, inputs, results);
    attributes.forEach((name, value) -> node.addAttribute(OnnxProtos.attribute(name, value)));
    proto.addNode(node);
  }

  private Value fresh(String hint, ElementType type) {
    return known(new Value(hint + "_" + names.incrementAndGet(), type));
  }

  private Value known(Value value) {
    if (value.type() == ElementType.BFLOAT16) {
      bfloat16.add(value.name());
    }
    return value;
  }

  Map<String, ExternalWeight> weights() {
    return weights;
  }

  Map<String, MappedWeight> mappedWeights() {
    return mappedWeights;
  }

  /// Names of the declared inputs.
  Set<String> inputNames() {
    return proto.getInputList().stream().map(OnnxMl.ValueInfoProto::getName).collect(toSet());
  }

  /// Names of the declared outputs.
  Set<String> outputNames() {
    return proto.getOutputList().stream().map(OnnxMl.ValueInfoProto::getName).collect(toSet());
  }

  OnnxMl.GraphProto proto() {
    return proto.build();
  }

  /// The serialized model, without the weights.
  byte[] toModel() {
    return OnnxProtos.model(proto()).toByteArray();
  }

  /// As [#toModel()], with the operators on BF16 values computed in FP32 and their results rounded.
  byte[] toRoundedModel() {
    return OnnxProtos.model(new RoundedOperators(bfloat16).applyTo(proto())).toByteArray();
  }
}
