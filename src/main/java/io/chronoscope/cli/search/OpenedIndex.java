package io.chronoscope.cli.search;

import io.chronoscope.cli.console.KafkaConnection;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.search.ResultIndex;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.follow.IndexFollower;
import io.chronoscope.search.lucene.IndexFiles;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.search.lucene.LuceneSnapshot;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// The index of this machine, opened for one command. If a service holds it, its last commit, which
/// is a few seconds old; otherwise the command brings it up to date from the topics itself.
final class OpenedIndex implements AutoCloseable {

  private static final String IN_MEMORY = "memory";

  private final ResultIndex index;
  private final List<AutoCloseable> opened;

  private OpenedIndex(ResultIndex index, List<AutoCloseable> opened) {
    this.index = index;
    this.opened = opened;
  }

  /// @throws EnvironmentException when a topic is missing, or the index cannot be read
  static OpenedIndex of(KafkaConnection connection, TextEmbedder embedder) {
    ChronoscopeConfig settings = connection.settings();
    List<AutoCloseable> opened = new ArrayList<>();
    opened.add(embedder);
    String directory = settings.search().directory();
    Path folder = ConfigLoader.resolve(settings, directory);
    try {
      LuceneIndex index =
          LuceneIndex.open(
              directory.equals(IN_MEMORY) ? IndexFiles.inMemory() : IndexFiles.in(folder),
              embedder);
      opened.add(index);
      connection.readTopics(() -> catchUp(connection, index));
      return new OpenedIndex(index, opened);
    } catch (IndexFiles.InUseException inUse) {
      return ofService(folder, embedder, opened);
    } catch (UncheckedIOException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    }
  }

  private static OpenedIndex ofService(
      Path folder, TextEmbedder embedder, List<AutoCloseable> opened) {
    try {
      LuceneSnapshot snapshot = LuceneSnapshot.open(folder, embedder);
      opened.add(snapshot);
      return new OpenedIndex(snapshot, opened);
    } catch (UncheckedIOException e) {
      throw new EnvironmentException(String.valueOf(e.getMessage()), e);
    }
  }

  private static LuceneIndex catchUp(KafkaConnection connection, LuceneIndex index) {
    try (IndexFollower follower =
        new IndexFollower(
            connection.client(),
            connection.topics(),
            index,
            connection.settings().search().retention(),
            InstantSource.system())) {
      follower.catchUp();
    }
    return index;
  }

  ResultIndex index() {
    return index;
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }
}
