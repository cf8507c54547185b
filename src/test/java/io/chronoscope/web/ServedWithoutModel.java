package io.chronoscope.web;

import io.chronoscope.analysis.CommitSink;
import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.search.ResultIndex;
import io.chronoscope.testing.InMemoryIndex;
import io.chronoscope.testing.WordPairAnalysis;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;

/// The service with its HTTP interface and a broker, without a model: tests publish results to the
/// index themselves. Test classes with the same profile share one instance.
public class ServedWithoutModel implements QuarkusTestProfile {

  static final InMemoryIndex INDEX = new InMemoryIndex();

  @Override
  public Map<String, String> getConfigOverrides() {
    return Map.of(
        "quarkus.arc.exclude-types",
        "io.chronoscope.service.Service*,io.chronoscope.service.ModelReadiness,io.chronoscope.service.Search*,io.chronoscope.cli.**");
  }

  @Override
  public Set<Class<?>> getEnabledAlternatives() {
    return Set.of(Beans.class);
  }

  @Override
  public List<TestResourceEntry> testResources() {
    return List.of(new TestResourceEntry(Broker.class));
  }

  public static final class Broker implements QuarkusTestResourceLifecycleManager {

    static volatile String servers = "";
    private EmbeddedBroker broker;

    @Override
    public Map<String, String> start() {
      broker = EmbeddedBroker.start(EmbeddedBroker.Settings.temporary(0));
      servers = broker.bootstrapServers();
      return Map.of("kafka.bootstrap.servers", servers, "quarkus.http.test-port", "0");
    }

    @Override
    public void stop() {
      broker.close();
    }
  }

  @Alternative
  @Priority(1)
  @Singleton
  public static final class Beans {

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    WordPairAnalysis analysis(CommitSink sink) {
      return new WordPairAnalysis(sink, Executors.newVirtualThreadPerTaskExecutor());
    }

    @Produces
    @Singleton
    @Alternative
    @Priority(1)
    ResultIndex index() {
      return INDEX;
    }
  }
}
