package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.GenerationDefaults;
import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.prompt.ChatPrompt;
import io.chronoscope.qwen.weights.ModelWeights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Generates answers for batches of prompts, greedily. Thread-safe.
public final class Decoder implements AutoCloseable {

  private final Session session;
  private final TextConfig text;
  private final GreedySelection selection;
  private final ElementType compute;
  private final DecodeSettings settings;

  private Decoder(
      Session session,
      TextConfig text,
      GreedySelection selection,
      ElementType compute,
      DecodeSettings settings) {
    this.session = session;
    this.text = text;
    this.selection = selection;
    this.compute = compute;
    this.settings = settings;
  }

  /// Compiles the decoder. The files of the weights must stay in place until it is closed.
  ///
  /// @param compute FLOAT32 or BFLOAT16
  /// @param intraOpThreads threads that share one operator; 0 leaves it to the runtime
  /// @throws io.chronoscope.ort.OnnxRuntimeException when the runtime rejects the graph
  public static Decoder compile(
      TextConfig text,
      GenerationDefaults generation,
      ModelWeights weights,
      ElementType compute,
      Device device,
      int intraOpThreads,
      DecodeSettings settings) {
    boolean hasGroupedKernel =
        switch (device) {
          case Device.Cpu() -> compute == ElementType.FLOAT32;
          case Device.Cuda(int ordinal) -> compute == ElementType.BFLOAT16;
        };
    DecoderAttention attention =
        hasGroupedKernel && text.headDim() % DecoderAttention.Grouped.HEAD_DIM_FACTOR == 0
            ? new DecoderAttention.Grouped(text)
            : new DecoderAttention.Masked(text);
    return compile(text, generation, weights, compute, attention, device, intraOpThreads, settings);
  }

  static Decoder compile(
      TextConfig text,
      GenerationDefaults generation,
      ModelWeights weights,
      ElementType compute,
      DecoderAttention attention,
      Device device,
      int intraOpThreads,
      DecodeSettings settings) {
    Session session =
        Session.compile(
            "decoder",
            DecoderGraph.build(text, generation, weights, compute, attention),
            device,
            intraOpThreads);
    return new Decoder(
        session, text, new GreedySelection(generation, text.vocabSize()), compute, settings);
  }

  /// Answers each request. Requests of similar length share a batch; an answer does not depend on
  /// the other sequences of its batch.
  ///
  /// @return in the order of the requests
  /// @throws IllegalArgumentException when a prompt and its answer exceed the model's positions, or
  ///   a prompt's visual tokens do not match its embeddings
  /// @throws NonFiniteLogitsException when the model computes NaN or an infinity
  public List<Decoded> generate(List<DecodeRequest> requests) {
    requests.forEach(this::check);
    Decoded[] answers = new Decoded[requests.size()];
    for (List<Integer> group : groups(requests)) {
      List<DecodeRequest> batch = group.stream().map(requests::get).toList();
      try (DecoderInputs inputs = new DecoderInputs(text, selection, compute, batch)) {
        List<Decoded> decoded =
            new DecodeBatch(session::run, selection, settings, inputs, batch).run();
        for (int i = 0; i < group.size(); i++) {
          answers[group.get(i)] = decoded.get(i);
        }
      }
    }
    return List.of(answers);
  }

  private void check(DecodeRequest request) {
    ChatPrompt prompt = request.prompt();
    long furthest = Math.max(prompt.length(), prompt.positions().next()) + request.maxNewTokens();
    if (furthest > text.maxPositions()) {
      throw new IllegalArgumentException(
          "a prompt of %d tokens (positions up to %d) and %d new tokens exceed the model's %d positions"
              .formatted(
                  prompt.length(),
                  prompt.positions().next() - 1,
                  request.maxNewTokens(),
                  text.maxPositions()));
    }
    long rows =
        request.visualRows().stream().mapToLong(piece -> piece.remaining()).sum()
            / text.hiddenSize();
    if (rows != prompt.visualAt().length) {
      throw new IllegalArgumentException(
          "%d visual rows for %d visual tokens".formatted(rows, prompt.visualAt().length));
    }
  }

  /// Indices of the requests of each batch: similar in length, so that there is little padding.
  private List<List<Integer>> groups(List<DecodeRequest> requests) {
    List<Integer> longestFirst =
        IntStream.range(0, requests.size())
            .boxed()
            .sorted(
                Comparator.comparingInt((Integer i) -> requests.get(i).prompt().length())
                    .reversed())
            .toList();
    List<List<Integer>> groups = new ArrayList<>();
    int longest = 0;
    for (int i : longestFirst) {
      int length = requests.get(i).prompt().length();
      boolean fits =
          !groups.isEmpty()
              && groups.getLast().size() < settings.maxBatch()
              && length >= longest * settings.minFill();
      if (!fits) {
        groups.add(new ArrayList<>());
        longest = length;
      }
      groups.getLast().add(i);
    }
    return groups;
  }

  @Override
  public void close() {
    session.close();
  }
}
