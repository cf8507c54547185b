package io.chronoscope.service;

import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/// Keeps one warning of the Kafka client out of the log: a transaction that begins while the broker
/// still ends the one before is asked to wait (`CONCURRENT_TRANSACTIONS`), and does. That happens
/// in every healthy run; all other errors of a producer are logged.
@LoggingFilter(name = "expected-retries")
public final class ExpectedRetries implements Filter {

  private static final String SENDER = "org.apache.kafka.clients.producer.internals.Sender";

  private static final String EXPECTED = "CONCURRENT_TRANSACTIONS";

  @Override
  public boolean isLoggable(LogRecord record) {
    return !SENDER.equals(record.getLoggerName()) || !mentions(record);
  }

  /// In the message, or in what is inserted into it.
  private static boolean mentions(LogRecord record) {
    if (String.valueOf(record.getMessage()).contains(EXPECTED)) {
      return true;
    }
    Object[] inserted = record.getParameters();
    if (inserted != null) {
      for (Object value : inserted) {
        if (String.valueOf(value).equals(EXPECTED)) {
          return true;
        }
      }
    }
    return false;
  }
}
