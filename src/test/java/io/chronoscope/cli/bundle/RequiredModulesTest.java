package io.chronoscope.cli.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequiredModulesTest {

  @TempDir Path folder;

  /// Names a class of `java.net.http`, and an array of one of `java.sql`.
  private static final class Names {
    private static Object use() {
      return HttpClient.Version.HTTP_2 == null ? new java.sql.Timestamp[0] : HttpClient.class;
    }
  }

  @Test
  void findsModulesByTheClassesThatJarsName() throws IOException {
    var unused = Names.use();
    Path jar = folder.resolve("names.jar");
    String file = Names.class.getName().replace('.', '/') + ".class";
    try (InputStream in = Names.class.getClassLoader().getResourceAsStream(file);
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry(file));
      in.transferTo(out);
      out.closeEntry();
    }

    Set<String> modules = RequiredModules.of(List.of(jar));

    assertThat(modules)
        .contains("java.base", "java.net.http", "java.sql", "jdk.zipfs")
        .doesNotContain("java.desktop", "jdk.compiler");
  }
}
