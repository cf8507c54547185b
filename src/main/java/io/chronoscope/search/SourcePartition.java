package io.chronoscope.search;

/// A partition of a topic that the index reads.
public record SourcePartition(String topic, int partition) {

  @Override
  public String toString() {
    return topic + "/" + partition;
  }
}
