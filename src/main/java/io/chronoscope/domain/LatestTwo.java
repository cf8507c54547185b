package io.chronoscope.domain;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The two values that were used last, to be found again. Two, because codecs show a still scene as
/// two pictures in turn, one at key frames and one between them. Owns the values until it is
/// closed; usable again after that. Not thread-safe.
public final class LatestTwo<T> implements AutoCloseable {

  private final Consumer<T> release;
  private final Deque<T> latest = new ArrayDeque<>(2);

  /// @param release frees a value that is no longer one of the two
  public LatestTwo(Consumer<T> release) {
    this.release = release;
  }

  /// Finds one of the two, which counts as its use. It stays owned here.
  public Optional<T> find(Predicate<T> wanted) {
    for (Iterator<T> each = latest.iterator(); each.hasNext(); ) {
      T value = each.next();
      if (wanted.test(value)) {
        each.remove();
        latest.addFirst(value);
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /// Adds a value in place of the one that was not used for longer.
  public void add(T value) {
    if (latest.size() == 2) {
      release.accept(latest.removeLast());
    }
    latest.addFirst(value);
  }

  /// Releases both.
  @Override
  public void close() {
    latest.forEach(release);
    latest.clear();
  }
}
