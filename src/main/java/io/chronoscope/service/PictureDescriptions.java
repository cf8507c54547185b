package io.chronoscope.service;

import io.chronoscope.analysis.AnalysisSettings;
import io.chronoscope.domain.Picture;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Has the loaded model describe pictures, in turn with the streams.
@ApplicationScoped
public class PictureDescriptions {

  private volatile @Nullable Loaded loaded;

  private record Loaded(AnalysisRuntime runtime, AnalysisSettings settings) {}

  /// The model is loaded.
  void open(AnalysisRuntime runtime, AnalysisSettings settings) {
    loaded = new Loaded(runtime, settings);
  }

  /// @param picture stays open
  /// @return empty while the model is loading
  /// @throws IllegalArgumentException when the picture is too narrow for the model
  public Optional<String> of(Picture picture) {
    return Optional.ofNullable(loaded)
        .map(with -> with.runtime().describe(picture, with.settings()));
  }
}
