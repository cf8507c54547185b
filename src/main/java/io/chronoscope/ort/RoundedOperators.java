package io.chronoscope.ort;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import java.util.Set;

/// Rewrites a graph that computes in BF16 for a device without BF16 kernels: every operator reads
/// its BF16 operands widened to FP32, computes in FP32, and its results are rounded to BF16. GPUs
/// do the same (products are summed in FP32) except inside an operator, attention above all, which
/// may round intermediate results.
///
/// @param bfloat16 names of all BF16 values
record RoundedOperators(Set<String> bfloat16) {

  /// Operators that exist for every type, and those that hold graphs.
  private static final Set<String> KEPT = Set.of("Cast", "Identity", "If", "Loop");

  GraphProto applyTo(GraphProto graph) {
    GraphProto.Builder rewritten = graph.toBuilder().clearNode();
    for (NodeProto node : graph.getNodeList()) {
      if (KEPT.contains(node.getOpType())) {
        rewritten.addNode(withRewrittenBodies(node));
      } else {
        add(rewritten, node);
      }
    }
    return rewritten.build();
  }

  private NodeProto withRewrittenBodies(NodeProto node) {
    NodeProto.Builder rewritten = node.toBuilder();
    for (AttributeProto.Builder attribute : rewritten.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        attribute.setG(applyTo(attribute.getG()));
      }
    }
    return rewritten.build();
  }

  private void add(GraphProto.Builder graph, NodeProto node) {
    NodeProto.Builder wide = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      String input = node.getInput(i);
      if (bfloat16.contains(input)) {
        String widened = "%s/wide/%s/%d".formatted(input, node.getName(), i);
        graph.addNode(cast(input, widened, DataType.FLOAT));
        wide.setInput(i, widened);
      }
    }
    for (int i = 0; i < node.getOutputCount(); i++) {
      if (bfloat16.contains(node.getOutput(i))) {
        wide.setOutput(i, node.getOutput(i) + "/wide");
      }
    }
    graph.addNode(wide);
    for (String output : node.getOutputList()) {
      if (bfloat16.contains(output)) {
        graph.addNode(cast(output + "/wide", output, DataType.BFLOAT16));
      }
    }
  }

  private static NodeProto cast(String from, String to, DataType type) {
    return NodeProto.newBuilder()
        .setOpType("Cast")
        .setName(to + "/cast")
        .addAllInput(List.of(from))
        .addAllOutput(List.of(to))
        .addAttribute(OnnxProtos.attribute("to", type.getNumber()))
        .build();
  }
}
