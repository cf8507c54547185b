package io.chronoscope.search.lucene;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherManager;

/// Point-in-time views of an index that is being written. Thread-safe; one thread refreshes,
/// reopens and closes.
final class IndexViews implements AutoCloseable {

  private final IndexFiles files;
  private volatile SearcherManager manager;

  /// @param files stay open
  IndexViews(IndexFiles files) throws IOException {
    this.files = files;
    this.manager = new SearcherManager(files.writer(), null);
  }

  /// What is computed from a view.
  @FunctionalInterface
  interface Reading<T> {

    T from(IndexSearcher searcher) throws IOException;
  }

  /// Reads from the latest view, which does not change meanwhile.
  <T> T read(Reading<T> reading) throws IOException {
    SearcherManager current = manager;
    IndexSearcher searcher = current.acquire();
    try {
      return reading.from(searcher);
    } finally {
      current.release(searcher);
    }
  }

  /// As [#read], for callers who cannot do anything about a file that cannot be read.
  ///
  /// @throws UncheckedIOException when the index cannot be read
  <T> T answer(Reading<T> reading) {
    try {
      return read(reading);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the index in " + files, e);
    }
  }

  /// Shows what was written.
  void refresh() throws IOException {
    manager.maybeRefreshBlocking();
  }

  /// Shows what the present writer of the files has.
  void reopen() throws IOException {
    SearcherManager broken = manager;
    manager = new SearcherManager(files.writer(), null);
    broken.close();
  }

  @Override
  public void close() throws IOException {
    manager.close();
  }
}
