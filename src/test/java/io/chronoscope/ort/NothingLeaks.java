package io.chronoscope.ort;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.ort.capi.NativeObject;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Each test closes all tensors and all objects of the runtime that it opens.
final class NothingLeaks implements BeforeEachCallback, AfterEachCallback {

  private long tensors;
  private long objects;

  @Override
  public void beforeEach(ExtensionContext context) {
    RuntimeEnvironment.get();
    tensors = NativeTensor.live();
    objects = NativeObject.live();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    assertThat(NativeTensor.live()).isEqualTo(tensors);
    assertThat(NativeObject.live()).isEqualTo(objects);
  }
}
