package io.chronoscope.vlm;

import io.chronoscope.domain.FrameSize;
import io.chronoscope.domain.ModelRef;
import io.chronoscope.domain.Picture;
import java.util.List;
import java.util.OptionalDouble;

/// A model that passes every call on to another one, except those it overrides.
public interface DelegatingModel extends VideoLanguageModel {

  VideoLanguageModel delegate();

  @Override
  default ModelRef ref() {
    return delegate().ref();
  }

  @Override
  default FrameSize frameSize(FrameSize nativeSize, long maxPixels) {
    return delegate().frameSize(nativeSize, maxPixels);
  }

  @Override
  default Picture resize(Picture frame, FrameSize size) {
    return delegate().resize(frame, size);
  }

  @Override
  default int tokensPerPair(FrameSize size) {
    return delegate().tokensPerPair(size);
  }

  @Override
  default YesNoTokens yesNoTokens() {
    return delegate().yesNoTokens();
  }

  @Override
  default ModelProfile profile() {
    return delegate().profile();
  }

  @Override
  default OptionalDouble positionsPerSecond() {
    return delegate().positionsPerSecond();
  }

  @Override
  default int maxPositions() {
    return delegate().maxPositions();
  }

  @Override
  default List<EncodedPair> encode(List<FramePair> pairs) {
    return delegate().encode(pairs);
  }

  @Override
  default List<Answer> generate(List<Prompt> prompts) {
    return delegate().generate(prompts);
  }

  @Override
  default void close() {
    delegate().close();
  }
}
