package io.chronoscope.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.chronoscope.domain.PrintableText;
import io.chronoscope.render.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a command writes: results to `out`, messages and progress to `err`.
public record Output(PrintStream out, Terminal outTerminal, PrintStream err, Terminal errTerminal) {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  private static final Pattern COLOR = Pattern.compile("\033\\[[0-9;]*m");

  /// Wraps the process's own streams, in UTF-8 whatever the locale is. The launcher detects whether
  /// they are attached to a terminal.
  public static Output ofProcess() {
    String columns = System.getProperty("terminal.columns", "");
    return new Output(
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
        Terminal.of(Boolean.getBoolean("terminal.out"), columns, System.getenv()),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        Terminal.of(Boolean.getBoolean("terminal.err"), columns, System.getenv()));
  }

  /// Prints one object on one line of `out` and flushes it.
  public void printJson(Object value) {
    out.println(json(value));
    out.flush();
  }

  /// The text of one object, on one line.
  public static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot write as JSON: " + value, e);
    }
  }

  /// Prints lines on `out` and flushes it. Of control characters only colors take effect.
  public void print(String line) {
    out.println(harmless(line));
    out.flush();
  }

  /// Prints lines on `err`. Of control characters only colors take effect.
  public void report(String line) {
    err.println(harmless(line));
  }

  /// Prints lines on `err` that begin with the program's name: what it does, warns of or fails at.
  public void message(String line) {
    report("chronoscope: " + line);
  }

  private static String harmless(String line) {
    StringBuilder harmless = new StringBuilder();
    Matcher color = COLOR.matcher(line);
    int from = 0;
    while (color.find()) {
      harmless.append(PrintableText.ofLines(line.substring(from, color.start())));
      harmless.append(color.group());
      from = color.end();
    }
    return harmless.append(PrintableText.ofLines(line.substring(from))).toString();
  }
}
