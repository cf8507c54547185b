package io.chronoscope.cli.bundle;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.config.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageLayersTest {

  @TempDir Path folder;

  @Test
  void namesTheLibrariesOfCudaThatAreMissing() throws Exception {
    for (String there : List.of("libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13")) {
      Files.createFile(folder.resolve(there));
    }
    assertThatThrownBy(() -> ImageLayers.requireCuda(folder))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("--cuda-libraries %s has no libcudnn.so.9", folder);

    Files.createFile(folder.resolve("libcudnn.so.9"));
    assertThatCode(() -> ImageLayers.requireCuda(folder)).doesNotThrowAnyException();
  }
}
