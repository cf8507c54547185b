package io.chronoscope.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A keystore of type PKCS12 with a certificate for this machine that nobody knows; also the trust
/// store of who is to accept it.
///
/// @param password of the store
public record Keystore(Path file, String password) {

  /// Makes the key and its certificate.
  ///
  /// @param file does not exist yet
  /// @param alias of the key
  public static Keystore create(Path file, String alias, String password) throws Exception {
    Keystore created = new Keystore(file, password);
    created.keytool(
        "-genkeypair",
        "-alias",
        alias,
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "SAN=dns:localhost,ip:127.0.0.1",
        "-validity",
        "2",
        "-storetype",
        "PKCS12");
    return created;
  }

  /// Runs keytool on the store.
  public void keytool(String... arguments) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    words.addAll(List.of(arguments));
    words.addAll(List.of("-keystore", file.toString(), "-storepass", password));
    Process keytool = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
  }
}
