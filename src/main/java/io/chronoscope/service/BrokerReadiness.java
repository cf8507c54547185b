package io.chronoscope.service;

import io.chronoscope.config.ChronoscopeConfig;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Whether the brokers answer. Without them nothing comes and nothing can be written.
@Readiness
@Singleton
final class BrokerReadiness implements HealthCheck {

  private static final int PATIENCE_MS = 2000;

  private final String servers;
  private final Admin admin;

  BrokerReadiness(
      ChronoscopeConfig settings, @Identifier("default-kafka-broker") Map<String, Object> client) {
    this.servers = settings.kafka().bootstrapServers();
    this.admin = Admin.create(client);
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("kafka").withData("servers", servers);
    try {
      int nodes =
          admin
              .describeCluster(new DescribeClusterOptions().timeoutMs(PATIENCE_MS))
              .nodes()
              .get(2L * PATIENCE_MS, TimeUnit.MILLISECONDS)
              .size();
      return response.up().withData("brokers", nodes).build();
    } catch (ExecutionException | TimeoutException e) {
      return response.down().withData("why", "no broker answers: " + e.getMessage()).build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return response.down().withData("why", "interrupted while asking the brokers").build();
    }
  }

  @PreDestroy
  void close() {
    admin.close();
  }
}
