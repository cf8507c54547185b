package io.chronoscope.cli.bench.engine;

import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Decoding;
import io.chronoscope.vlm.DelegatingModel;
import io.chronoscope.vlm.EncodedPair;
import io.chronoscope.vlm.FramePair;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.VideoLanguageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A model that records the [Work] of its calls. Thread-safe.
final class MeteredModel implements DelegatingModel {

  private final VideoLanguageModel model;
  private final ModelWork work;
  private final List<Work> works = new ArrayList<>();

  /// @param model stays the caller's
  MeteredModel(VideoLanguageModel model, ModelWork work) {
    this.model = model;
    this.work = work;
  }

  /// Returns the work since the last call of this method.
  List<Work> drain() {
    synchronized (works) {
      List<Work> done = List.copyOf(works);
      works.clear();
      return done;
    }
  }

  private void add(Work done) {
    synchronized (works) {
      works.add(done);
    }
  }

  @Override
  public VideoLanguageModel delegate() {
    return model;
  }

  @Override
  public List<EncodedPair> encode(List<FramePair> pairs) {
    List<EncodedPair> encoded = model.encode(pairs);
    if (!pairs.isEmpty()) {
      add(work.encoder(pairs.getFirst().size(), pairs.size()));
    }
    return encoded;
  }

  @Override
  public List<Answer> generate(List<Prompt> prompts) {
    List<Answer> answers = model.generate(prompts);
    answers.forEach(this::add);
    return answers;
  }

  /// Adds the work that an answer requires.
  private void add(Answer answer) {
    int tokens = answer.promptTokenIds().size();
    int generated = answer.tokenIds().size();
    add(work.continuation(answer.reusedTokens(), tokens));
    add(work.decodeStep(tokens + generated / 2.0, 1).times(Math.max(0, generated - 1)));
  }

  @Override
  public Optional<Decoding> decoding() {
    return model.decoding().map(decoding -> decoding.observing(this::add));
  }
}
