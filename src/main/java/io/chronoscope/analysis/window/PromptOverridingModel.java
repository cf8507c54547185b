package io.chronoscope.analysis.window;

import io.chronoscope.analysis.Prompts;
import io.chronoscope.vlm.Answer;
import io.chronoscope.vlm.Decoding;
import io.chronoscope.vlm.DelegatingModel;
import io.chronoscope.vlm.Prompt;
import io.chronoscope.vlm.VideoLanguageModel;
import java.util.List;
import java.util.Optional;

/// Replaces the prompt for events, to try out another wording; the model must still answer in the
/// usual form. Delegates everything else to a model that it does not own.
public final class PromptOverridingModel implements DelegatingModel {

  private final VideoLanguageModel model;
  private final String events;

  /// @param events replaces [Prompts#EVENTS]
  public PromptOverridingModel(VideoLanguageModel model, String events) {
    this.model = model;
    this.events = events;
  }

  @Override
  public VideoLanguageModel delegate() {
    return model;
  }

  @Override
  public List<Answer> generate(List<Prompt> prompts) {
    return model.generate(prompts.stream().map(this::overridden).toList());
  }

  @Override
  public Optional<Decoding> decoding() {
    return model.decoding().map(decoding -> decoding.withPrompts(this::overridden));
  }

  private Prompt overridden(Prompt prompt) {
    return new Prompt(
        prompt.system(),
        prompt.parts().stream().map(this::overridden).toList(),
        prompt.sharedParts(),
        prompt.maxNewTokens(),
        prompt.onToken());
  }

  private Prompt.Part overridden(Prompt.Part part) {
    return part instanceof Prompt.Part.Text(String text) && text.startsWith(Prompts.EVENTS)
        ? new Prompt.Part.Text(events + text.substring(Prompts.EVENTS.length()))
        : part;
  }

  @Override
  public void close() {}
}
