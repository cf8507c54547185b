package io.chronoscope.messaging;

/// What the readers of the results are promised.
public enum DeliveryGuarantee {
  /// Results, state and offsets in one transaction.
  EXACTLY_ONCE,
  /// One after the other; after a crash a result may be written again, under the same id.
  AT_LEAST_ONCE
}
