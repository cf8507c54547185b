package io.chronoscope.qwen.decoder;

import io.chronoscope.checkpoint.GenerationDefaults;
import io.chronoscope.checkpoint.TextConfig;
import io.chronoscope.ort.Device;
import io.chronoscope.ort.ElementType;
import io.chronoscope.ort.Session;
import io.chronoscope.qwen.weights.ModelWeights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// A [Decoder] whose runs generate many tokens each ([DecoderGraph]): for attention that has no
/// kernel with a cache in place. A batch is answered as a whole.
final class LoopDecoder implements Decoder {

  private final Session session;
  private final TextConfig text;
  private final GreedySelection selection;
  private final ElementType compute;
  private final DecodeSettings settings;

  private LoopDecoder(
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

  static LoopDecoder compile(
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
    return new LoopDecoder(
        session, text, new GreedySelection(generation, text.vocabSize()), compute, settings);
  }

  @Override
  public List<Decoded> generate(List<DecodeRequest> requests) {
    requests.forEach(request -> request.check(text));
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
