package io.chronoscope.service;

import io.chronoscope.messaging.RebalanceProtocol;
import io.smallrye.reactive.messaging.ClientCustomizer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/// Sets up the consumer of the channel [ChunkChannel] for incremental rebalances.
@ApplicationScoped
class ChunkConsumerCustomizer implements ClientCustomizer<Map<String, Object>> {

  @Override
  public Map<String, Object> customize(String channel, Config config, Map<String, Object> kafka) {
    return channel.equals(ChunkChannel.NAME) ? RebalanceProtocol.cooperative(kafka) : kafka;
  }
}
