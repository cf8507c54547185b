package io.chronoscope.domain;

/// The position of a record: where a chunk was read from. Set at the Kafka edge and passed through
/// by everything else; a file that is analyzed without Kafka uses its name as topic, partition 0
/// and the chunk's number as offset.
public record ChunkOrigin(String topic, int partition, long offset) {

  public ChunkOrigin {
    if (topic.isBlank()) {
      throw new IllegalArgumentException("topic of a chunk origin is blank");
    }
    if (partition < 0 || offset < 0) {
      throw new IllegalArgumentException(
          "partition and offset of a chunk origin must not be negative: "
              + partition
              + ", "
              + offset);
    }
  }

  @Override
  public String toString() {
    return topic + "/" + partition + "@" + offset;
  }
}
