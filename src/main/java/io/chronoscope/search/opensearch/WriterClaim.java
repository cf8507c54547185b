package io.chronoscope.search.opensearch;

import io.chronoscope.search.IndexUnavailableException;
import io.chronoscope.search.indexing.IndexState;
import io.chronoscope.search.opensearch.StateDocument.Version;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Which of several processes writes an index. One that writes replaces the state document every
/// few seconds; when it has not done so for [#ABANDONED_AFTER], another takes over. No clocks of
/// different machines are compared.
///
/// Not thread-safe.
final class WriterClaim {

  /// Without a sign of life for this long, the writer counts as gone.
  static final Duration ABANDONED_AFTER = Duration.ofSeconds(45);

  private static final Duration RENEW_AFTER = Duration.ofSeconds(4);

  private final StateDocument document;
  private final String schema;
  private final LongSupplier nanoTime;
  private final String process = UUID.randomUUID().toString();

  private @Nullable Version held;
  private long writtenAt;
  private @Nullable Version seen;
  private long seenAt;

  /// @param schema of a new index's state
  /// @param nanoTime as [System#nanoTime()]
  WriterClaim(StateDocument document, String schema, LongSupplier nanoTime) {
    this.document = document;
    this.schema = schema;
    this.nanoTime = nanoTime;
  }

  boolean isHeld() {
    return held != null;
  }

  /// Takes the index unless another process writes it.
  ///
  /// @return the state to go on from, when this process just became the writer
  Optional<IndexState> take() {
    Optional<Version> last = document.read();
    if (last.isEmpty()) {
      return hold(document.create(IndexState.ofNew(schema), process));
    }
    Version version = last.get();
    if (!version.writer().isEmpty() && !isAbandoned(version)) {
      return Optional.empty();
    }
    return hold(document.replace(version, version.state().resumed(), process));
  }

  private boolean isAbandoned(Version version) {
    Version before = seen;
    if (before == null || before.number() != version.number()) {
      seen = version;
      seenAt = nanoTime.getAsLong();
      return false;
    }
    return nanoTime.getAsLong() - seenAt > ABANDONED_AFTER.toNanos();
  }

  private Optional<IndexState> hold(Optional<Version> written) {
    held = written.orElse(null);
    writtenAt = nanoTime.getAsLong();
    return written.map(Version::state);
  }

  /// Writes where the index stands.
  ///
  /// @throws IndexUnavailableException when another process took over
  void write(IndexState state) {
    replace(state, process);
  }

  /// Gives a sign of life if the last one is some time ago.
  ///
  /// @throws IndexUnavailableException when another process took over
  void renew(IndexState state) {
    if (nanoTime.getAsLong() - writtenAt > RENEW_AFTER.toNanos()) {
      write(state);
    }
  }

  /// Lets another process write.
  void release(IndexState state) {
    replace(state, "");
    held = null;
  }

  /// Another process took over.
  void lose() {
    held = null;
  }

  private void replace(IndexState state, String writer) {
    Version last = held;
    if (last == null) {
      throw new IndexUnavailableException("this process does not write the search index");
    }
    Optional<Version> next = document.replace(last, state, writer);
    if (next.isEmpty()) {
      lose();
      throw new IndexUnavailableException("another process writes the search index now");
    }
    hold(next);
  }
}
