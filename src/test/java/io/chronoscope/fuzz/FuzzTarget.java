package io.chronoscope.fuzz;

import io.chronoscope.analysis.window.EventAnswerFuzz;
import io.chronoscope.checkpoint.AddedTokensFuzz;
import io.chronoscope.checkpoint.ConfigFuzz;
import io.chronoscope.checkpoint.SafetensorsFuzz;
import io.chronoscope.decode.container.MediaStructureFuzz;
import io.chronoscope.search.lucene.SearchTextFuzz;
import io.chronoscope.tokenizer.TokenizerFuzz;
import io.chronoscope.wire.ChunkEnvelopeFuzz;
import io.chronoscope.wire.QuestionRecordFuzz;
import io.chronoscope.wire.RuleRecordFuzz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The fuzz targets: each takes any bytes, and throws only if something is wrong with the program.
/// Jazzer finds them by their classes (profile `fuzz` in `pom.xml`), [FuzzTargetsTest] by this
/// list.
enum FuzzTarget {
  ENVELOPE(ChunkEnvelopeFuzz.class, ChunkEnvelopeFuzz::fuzzerTestOneInput),
  MEDIA(MediaStructureFuzz.class, MediaStructureFuzz::fuzzerTestOneInput),
  SAFETENSORS(SafetensorsFuzz.class, SafetensorsFuzz::fuzzerTestOneInput),
  CONFIG(ConfigFuzz.class, ConfigFuzz::fuzzerTestOneInput),
  ADDED_TOKENS(AddedTokensFuzz.class, AddedTokensFuzz::fuzzerTestOneInput),
  TOKENIZER(TokenizerFuzz.class, TokenizerFuzz::fuzzerTestOneInput),
  ANSWER(EventAnswerFuzz.class, EventAnswerFuzz::fuzzerTestOneInput),
  RULE(RuleRecordFuzz.class, RuleRecordFuzz::fuzzerTestOneInput),
  QUESTION(QuestionRecordFuzz.class, QuestionRecordFuzz::fuzzerTestOneInput),
  QUERY(SearchTextFuzz.class, SearchTextFuzz::fuzzerTestOneInput);

  private static final String ROOT = "io.chronoscope.";
  private static final Path CORPORA = Path.of("src/test/fuzz");

  private final Class<?> type;
  private final Consumer<byte[]> target;

  FuzzTarget(Class<?> type, Consumer<byte[]> target) {
    this.type = type;
    this.target = target;
  }

  /// Named as the option `-Dfuzz` names the target.
  Path corpus() {
    return CORPORA.resolve(type.getName().substring(ROOT.length()));
  }

  /// The inputs of the corpus, in the order of their names.
  List<byte[]> inputs() {
    try (Stream<Path> files = Files.list(corpus())) {
      return files.sorted().map(FuzzTarget::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void run(byte[] input) {
    target.accept(input);
  }
}
