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

/// Readiness: down while no broker responds.
@Readiness
@Singleton
final class BrokerReadiness implements HealthCheck {

  private static final int TIMEOUT_MS = 2000;

  private final String servers;
  private final Admin admin;

  BrokerReadiness(
      ChronoscopeConfig settings, @Identifier(KafkaBeans.CLIENT) Map<String, Object> client) {
    this.servers = settings.kafka().bootstrapServers();
    this.admin = Admin.create(client);
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("kafka").withData("servers", servers);
    try {
      int nodes =
          admin
              .describeCluster(new DescribeClusterOptions().timeoutMs(TIMEOUT_MS))
              .nodes()
              .get(2L * TIMEOUT_MS, TimeUnit.MILLISECONDS)
              .size();
      return response.up().withData("brokers", nodes).build();
    } catch (ExecutionException | TimeoutException e) {
      return response.down().withData("reason", "no broker responds: " + e.getMessage()).build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return response.down().withData("reason", "interrupted while querying the brokers").build();
    }
  }

  @PreDestroy
  void close() {
    admin.close();
  }
}
