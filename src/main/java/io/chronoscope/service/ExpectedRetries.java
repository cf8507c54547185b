package io.chronoscope.service;

import io.quarkus.logging.LoggingFilter;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/// Keeps two messages of the Kafka client out of the log that healthy runs have: a transaction that
/// begins while the broker still ends the one before is asked to wait (`CONCURRENT_TRANSACTIONS`),
/// and does; and a topic that was just created is not known to every broker at once, which is
/// waited for as well ([io.chronoscope.client.Topics]). All other errors are logged.
@LoggingFilter(name = "expected-retries")
public final class ExpectedRetries implements Filter {

  /// What is expected, by the logger that says it.
  private static final Map<String, String> EXPECTED =
      Map.of(
          "org.apache.kafka.clients.producer.internals.Sender",
          "CONCURRENT_TRANSACTIONS",
          "org.apache.kafka.clients.admin.internals.PartitionLeaderStrategy",
          "unknown topic error");

  @Override
  public boolean isLoggable(LogRecord record) {
    String expected = EXPECTED.get(String.valueOf(record.getLoggerName()));
    return expected == null || !mentions(record, expected);
  }

  /// In the message, or in what is inserted into it.
  private static boolean mentions(LogRecord record, String expected) {
    if (String.valueOf(record.getMessage()).contains(expected)) {
      return true;
    }
    Object[] inserted = record.getParameters();
    if (inserted != null) {
      for (Object value : inserted) {
        if (String.valueOf(value).equals(expected)) {
          return true;
        }
      }
    }
    return false;
  }
}
