package io.chronoscope.cli.bench.engine;

import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Decoding;
import io.chronoscope.vlm.DelegatingModel;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.VideoLanguageModel;
import java.util.List;
import java.util.Optional;

/// Encodes frame pairs and finds no event in them, without reading a prompt.
record SilentModel(VideoLanguageModel delegate) implements DelegatingModel {

  private static final Answer NO_EVENTS =
      new Answer(List.of(), List.of(), "[]", Answer.End.COMPLETE, 0, List.of());

  @Override
  public List<Answer> generate(List<Prompt> prompts) {
    return prompts.stream().map(prompt -> NO_EVENTS).toList();
  }

  @Override
  public Optional<Decoding> decoding() {
    return Optional.empty();
  }
}
