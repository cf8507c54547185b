package io.chronoscope.web.access;

import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.domain.Sha256;
import io.chronoscope.domain.StreamPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The tokens of a file, one on each line:
///
/// ```
/// # name   role      streams         token, or sha256: and its digest
/// alice    operator  *               sha256:0f5c…
/// wall     viewer    cam-*,dock-*    8d1f…
/// ```
///
/// Kept as digests only; a token is found by its digest, so that the time of the search says
/// nothing about it.
final class TokenFile {

  private static final int LEAST_CHARACTERS = 16;
  private static final String DIGEST = "sha256:";
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  private final Map<String, Caller> byDigest;

  private TokenFile(Map<String, Caller> byDigest) {
    this.byDigest = Map.copyOf(byDigest);
  }

  /// @throws EnvironmentException when the file cannot be read
  /// @throws ConfigurationException naming the line that is wrong, without its token
  static TokenFile read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new EnvironmentException(
          "the tokens (chronoscope.access.tokens) cannot be read: " + e, e);
    }
    Map<String, Caller> tokens = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        add(line, tokens);
      } catch (IllegalArgumentException e) {
        throw new ConfigurationException(
            "%s, line %d: %s".formatted(file, i + 1, e.getMessage()), e);
      }
    }
    if (tokens.isEmpty()) {
      throw new ConfigurationException(
          file + " (chronoscope.access.tokens) holds no token; nobody could use the interface");
    }
    return new TokenFile(tokens);
  }

  private static void add(String line, Map<String, Caller> tokens) {
    String[] fields = line.split("\\s+");
    if (fields.length != 4) {
      throw new IllegalArgumentException(
          "there are %d fields; name, role, streams and token are expected"
              .formatted(fields.length));
    }
    Set<String> roles =
        switch (fields[1]) {
          case Role.VIEWER -> Set.of(Role.VIEWER);
          case Role.OPERATOR -> Set.of(Role.VIEWER, Role.OPERATOR);
          default ->
              throw new IllegalArgumentException(
                  "the role %s is unknown; there are viewer and operator".formatted(fields[1]));
        };
    List<StreamPattern> streams =
        Arrays.stream(fields[2].split(",")).map(StreamPattern::new).toList();
    Caller before = tokens.put(digest(fields[3]), new Caller(fields[0], roles, streams));
    if (before != null) {
      throw new IllegalArgumentException(
          "the token is that of %s as well".formatted(before.name()));
    }
  }

  private static String digest(String field) {
    if (!field.startsWith(DIGEST)) {
      if (field.length() < LEAST_CHARACTERS) {
        throw new IllegalArgumentException(
            "the token is shorter than %d characters".formatted(LEAST_CHARACTERS));
      }
      return Sha256.hex(field);
    }
    String digest = field.substring(DIGEST.length());
    if (!HEX.matcher(digest).matches()) {
      throw new IllegalArgumentException("sha256: is not followed by 64 hexadecimal digits");
    }
    return digest;
  }

  Optional<Caller> find(String token) {
    return Optional.ofNullable(byDigest.get(Sha256.hex(token)));
  }
}
