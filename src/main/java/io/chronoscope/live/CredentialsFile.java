package io.chronoscope.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A file of credentials, one source on each line:
///
/// ```
/// # id   user:password
/// gate   viewer:s3cret
/// ```
public final class CredentialsFile {

  private CredentialsFile() {}

  /// @return by the id of the source
  /// @throws IOException when the file cannot be read
  /// @throws IllegalArgumentException naming the line that is wrong, without what it says
  public static Map<String, Credentials> read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    Map<String, Credentials> credentials = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] fields = line.split("\\s+", 2);
      try {
        if (fields.length != 2) {
          throw new IllegalArgumentException("an id and user:password are expected");
        }
        if (credentials.put(fields[0], Credentials.parse(fields[1])) != null) {
          throw new IllegalArgumentException(fields[0] + " has credentials already");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "%s, line %d: %s".formatted(file, i + 1, e.getMessage()), e);
      }
    }
    return Map.copyOf(credentials);
  }
}
