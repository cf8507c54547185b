package io.chronoscope.messaging;

/// What consumers of the results can rely on.
public enum DeliveryGuarantee {
  /// Results, state and offsets are written in one transaction.
  EXACTLY_ONCE,
  /// They are written one after the other; after a crash a result may be published again, under the
  /// same id.
  AT_LEAST_ONCE
}
