package io.chronoscope.cli.selfcheck;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.Picture;
import io.chronoscope.qwen.EngineSettings;
import io.chronoscope.qwen.Precision;
import io.chronoscope.qwen.Qwen25Vl;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.Prompt;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/// Computes golden cases and compares with the reference's results.
final class GoldenParity {

  /// In FP32 only the order of additions differs.
  private static final double FP32_ENCODER_DIFFERENCE = 1e-4;

  private static final double FP32_LOGIT_DIFFERENCE = 1e-3;

  /// Coarser formats against the reference in FP32. Tokens may differ: the checkpoints are random,
  /// and their best tokens closer to each other than the error of these formats.
  private static final double COARSE_ENCODER_COSINE = 0.999;

  private static final double COARSE_LOGIT_DIFFERENCE = 0.5;

  private GoldenParity() {}

  /// @param settings device and precision
  /// @throws io.chronoscope.ort.OnnxRuntimeException when the device is not available
  static Parity check(GoldenCase golden, EngineSettings settings) throws IOException {
    try (Qwen25Vl model = Qwen25Vl.open(golden.checkpoint(), settings)) {
      Precision precision = settings.precisionFor(model.checkpoint());
      List<EncodedPair> encoded = new ArrayList<>();
      List<Prompt.Part> parts = parts(model, golden, encoded);
      float[] expected = golden.floats("encoder");
      float[] actual = embeddings(encoded, expected.length);
      Answer answer = model.generate(List.of(Prompt.of(parts, golden.maxNewTokens()))).getFirst();
      List<Integer> tokens = golden.ints("tokenIds");
      int equal = commonPrefix(tokens, answer.tokenIds());
      double difference = largestDifference(actual, expected);
      double cosine = cosine(actual, expected);
      double logits = logitDifference(golden, answer);
      boolean passed =
          switch (precision) {
            case FP32 ->
                difference <= FP32_ENCODER_DIFFERENCE
                    && logits <= FP32_LOGIT_DIFFERENCE
                    && tokens.equals(answer.tokenIds());
            case BF16, INT8, INT4 ->
                cosine >= COARSE_ENCODER_COSINE && logits <= COARSE_LOGIT_DIFFERENCE;
          };
      return new Parity(
          golden.name(),
          precision.name().toLowerCase(Locale.ROOT),
          difference,
          cosine,
          logits,
          equal,
          tokens.size(),
          passed);
    }
  }

  /// @param encoded receives all encoded pairs, in order
  private static List<Prompt.Part> parts(
      Qwen25Vl model, GoldenCase golden, List<EncodedPair> encoded) {
    List<Prompt.Part> parts = new ArrayList<>();
    for (JsonNode content : golden.get("content")) {
      if (content.get("type").asText().equals("text")) {
        parts.add(new Prompt.Part.Text(content.get("text").asText()));
        continue;
      }
      List<EncodedPair> pairs = encode(model, golden, content);
      encoded.addAll(pairs);
      if (content.has("image")) {
        parts.add(new Prompt.Part.Image(pairs.getFirst()));
      } else {
        double seconds = content.get("secondsPerGrid").asDouble();
        parts.add(
            new Prompt.Part.Video(
                pairs, IntStream.range(0, pairs.size()).mapToObj(pair -> pair * seconds).toList()));
      }
    }
    return parts;
  }

  private static List<EncodedPair> encode(Qwen25Vl model, GoldenCase golden, JsonNode content) {
    FrameSize size =
        new FrameSize(content.get("resizedWidth").asInt(), content.get("resizedHeight").asInt());
    List<Picture> frames = golden.frames(content);
    List<Picture> scaled = frames.stream().map(frame -> model.resize(frame, size)).toList();
    List<FramePair> pairs = new ArrayList<>();
    for (int i = 0; i < scaled.size(); i += 2) {
      pairs.add(new FramePair(scaled.get(i), scaled.get(Math.min(i + 1, scaled.size() - 1))));
    }
    List<EncodedPair> encoded = model.encode(pairs);
    frames.forEach(Picture::close);
    scaled.forEach(Picture::close);
    return encoded;
  }

  private static float[] embeddings(List<EncodedPair> encoded, int length) {
    FloatBuffer all = FloatBuffer.allocate(length);
    encoded.forEach(pair -> all.put(pair.embeddings().duplicate()));
    return all.array();
  }

  private static double logitDifference(GoldenCase golden, Answer answer) {
    Map<Integer, Float> ours = new HashMap<>();
    answer.firstLogitsTop().forEach(top -> ours.put(top.id(), top.logit()));
    double largest = 0;
    for (JsonNode top : golden.get("firstLogitsTop")) {
      Float logit = ours.get(top.get("id").asInt());
      if (logit != null) {
        largest = Math.max(largest, Math.abs(logit - top.get("logit").asDouble()));
      }
    }
    return ours.containsKey(golden.get("firstLogitsTop").get(0).get("id").asInt())
        ? largest
        : Double.POSITIVE_INFINITY;
  }

  static int commonPrefix(List<Integer> a, List<Integer> b) {
    int shorter = Math.min(a.size(), b.size());
    for (int i = 0; i < shorter; i++) {
      if (!a.get(i).equals(b.get(i))) {
        return i;
      }
    }
    return shorter;
  }

  static double largestDifference(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs((double) a[i] - b[i]);
      if (Double.isNaN(difference)) {
        return Double.POSITIVE_INFINITY;
      }
      largest = Math.max(largest, difference);
    }
    return largest;
  }

  static double cosine(float[] a, float[] b) {
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      squaresA += (double) a[i] * a[i];
      squaresB += (double) b[i] * b[i];
    }
    return product / Math.sqrt(squaresA * squaresB);
  }
}
