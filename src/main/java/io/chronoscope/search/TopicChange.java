package io.chronoscope.search;

import io.chronoscope.wire.Topic;

/// What one record of a results topic changes.
public sealed interface TopicChange {

  /// A result, or another revision of one.
  record Published(PublishedResult result) implements TopicChange {}

  /// A tombstone: the topic no longer has a result under this key.
  ///
  /// @param id the key, which is the id of the results on that topic
  record Removed(Topic topic, String id) implements TopicChange {}
}
