package io.chronoscope.service;

import io.chronoscope.config.ChronoscopeConfig;
import io.chronoscope.config.ConfigLoader;
import io.chronoscope.config.LayerSettings;
import io.chronoscope.search.IndexProgress;
import io.chronoscope.search.ResultIndex;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.UpdatableIndex;
import io.chronoscope.search.follow.IndexFollower;
import io.chronoscope.search.lucene.IndexFiles;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.search.opensearch.OpenSearchIndex;
import io.chronoscope.search.opensearch.OpenSearchServer;
import io.chronoscope.search.sentence.SentenceEncoder;
import io.chronoscope.wire.TopicNames;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The search index and what keeps it up to date. Without `chronoscope.search.enabled` the index is
/// there and stays empty.
@ApplicationScoped
class SearchBeans {

  private static final Logger LOG = Logger.getLogger(SearchBeans.class);
  private static final String IN_MEMORY = "memory";

  /// Live streams have the cores; the index may lag behind them.
  private static final int EMBEDDING_THREADS = 1;

  @Produces
  @Singleton
  TextEmbedder embedder() {
    return SentenceEncoder.whenNeeded(EMBEDDING_THREADS);
  }

  @Produces
  @Singleton
  UpdatableIndex index(ChronoscopeConfig settings, TextEmbedder embedder) {
    Optional<OpenSearchServer> server = LayerSettings.openSearch(settings);
    if (settings.search().enabled() && server.isPresent()) {
      LOG.infof("the search index is on %s", server.get());
      return OpenSearchIndex.of(server.get(), embedder);
    }
    return LuceneIndex.open(files(settings), embedder);
  }

  private static IndexFiles files(ChronoscopeConfig settings) {
    String directory = settings.search().directory();
    if (!settings.search().enabled() || directory.equals(IN_MEMORY)) {
      return IndexFiles.inMemory();
    }
    Path folder = ConfigLoader.resolve(settings, directory);
    try {
      return IndexFiles.in(folder);
    } catch (IndexFiles.InUseException | UncheckedIOException e) {
      LOG.warnf(
          "%s; the search index is held in memory (chronoscope.search.directory)", e.getMessage());
      return IndexFiles.inMemory();
    }
  }

  @Produces
  @Singleton
  IndexFollower follower(
      ChronoscopeConfig settings,
      @Identifier(KafkaBeans.CLIENT) Map<String, Object> kafka,
      TopicNames names,
      UpdatableIndex index) {
    return new IndexFollower(
        kafka, names, index, settings.search().retention(), InstantSource.system());
  }

  void start(
      @Observes StartupEvent event,
      ChronoscopeConfig settings,
      IndexFollower follower,
      ResultIndex index,
      MeterRegistry registry) {
    if (settings.search().enabled()) {
      RecentProgress recent = new RecentProgress(index);
      // Suppliers, since nothing else holds the object: a gauge refers to its object weakly.
      Gauge.builder("chronoscope.search.behind", () -> recent.get().behind())
          .description("Records of the results topics not indexed yet")
          .register(registry);
      Gauge.builder("chronoscope.search.results", () -> recent.get().results())
          .description("Results in the search index")
          .register(registry);
      Gauge.builder(
              "chronoscope.search.following", follower, one -> one.trouble().isEmpty() ? 1 : 0)
          .description("1 while the search index follows the topics, 0 while it cannot")
          .register(registry);
      follower.start();
    }
  }

  void stop(
      @Observes ShutdownEvent event,
      IndexFollower follower,
      UpdatableIndex index,
      TextEmbedder embedder) {
    follower.close();
    index.close();
    embedder.close();
  }

  /// The progress as of a few seconds ago at most: the gauges are read together, and an index on a
  /// server answers over the network.
  private static final class RecentProgress {

    private static final Duration RECENT = Duration.ofSeconds(5);

    private final ResultIndex index;
    private @Nullable IndexProgress last;
    private long lastNanos;

    RecentProgress(ResultIndex index) {
      this.index = index;
    }

    synchronized IndexProgress get() {
      IndexProgress known = last;
      if (known == null || System.nanoTime() - lastNanos > RECENT.toNanos()) {
        known = index.progress();
        last = known;
        lastNanos = System.nanoTime();
      }
      return known;
    }
  }
}
