package io.chronoscope.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class ExpectedRetriesTest {

  private static final String SENDER = "org.apache.kafka.clients.producer.internals.Sender";

  private final ExpectedRetries filter = new ExpectedRetries();

  private static LogRecord record(String logger, String message, Object... inserted) {
    LogRecord record = new LogRecord(Level.WARNING, message);
    record.setLoggerName(logger);
    record.setParameters(inserted);
    return record;
  }

  @Test
  void keepsQuietAboutATransactionThatWaitsForTheOneBefore() {
    assertThat(filter.isLoggable(record(SENDER, "Got error … Error: CONCURRENT_TRANSACTIONS")))
        .isFalse();
    assertThat(filter.isLoggable(record(SENDER, "Got error {}", "CONCURRENT_TRANSACTIONS")))
        .isFalse();
  }

  @Test
  void keepsQuietAboutATopicThatIsBeingCreated() {
    String admin = "org.apache.kafka.clients.admin.internals.PartitionLeaderStrategy";
    assertThat(filter.isLoggable(record(admin, "Received unknown topic error for topic {}", "t")))
        .isFalse();
    assertThat(filter.isLoggable(record(admin, "Unexpected exception"))).isTrue();
  }

  @Test
  void logsEverythingElse() {
    assertThat(filter.isLoggable(record(SENDER, "Got error … Error: NOT_LEADER_OR_FOLLOWER")))
        .isTrue();
    assertThat(filter.isLoggable(record(SENDER, "Got error {}", "NOT_ENOUGH_REPLICAS"))).isTrue();
    assertThat(filter.isLoggable(record("io.chronoscope", "CONCURRENT_TRANSACTIONS"))).isTrue();
  }
}
