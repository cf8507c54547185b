package io.chronoscope.cli.search;

import io.chronoscope.cli.console.KafkaConnection;
import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.search.ResultIndex;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.UpdatableIndex;
import io.chronoscope.search.follow.IndexFollower;
import io.chronoscope.search.lucene.IndexFiles;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.search.lucene.LuceneSnapshot;
import io.chronoscope.search.opensearch.OpenSearchIndex;
import io.chronoscope.search.opensearch.OpenSearchServer;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The index, opened for one command. If a service holds that of this machine, its last commit,
/// which is a few seconds old; on OpenSearch, as it is there. If no service writes it, the command
/// brings it up to date from the topics itself.
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
    Optional<OpenSearchServer> server = LayerSettings.openSearch(settings);
    if (server.isPresent()) {
      return onServer(server.get(), connection, embedder, opened);
    }
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

  private static OpenedIndex onServer(
      OpenSearchServer server,
      KafkaConnection connection,
      TextEmbedder embedder,
      List<AutoCloseable> opened) {
    OpenSearchIndex index = OpenSearchIndex.of(server, embedder);
    opened.add(index);
    if (index.claim()) {
      connection.readTopics(() -> catchUp(connection, index));
    }
    return new OpenedIndex(index, opened);
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

  private static UpdatableIndex catchUp(KafkaConnection connection, UpdatableIndex index) {
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
