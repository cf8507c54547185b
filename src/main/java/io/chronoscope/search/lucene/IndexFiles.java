package io.chronoscope.search.lucene;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/// The directory of an index and its writer. Closing it gives up the lock on the directory, and so
/// does the end of the process.
public final class IndexFiles implements AutoCloseable {

  /// Links and candidates of the graph that finds the nearest vectors; the defaults of the format.
  private static final int MAX_CONNECTIONS = 16;

  private static final int BEAM_WIDTH = 100;

  /// Segments up to about 2,000 vectors have no graph: reading all of them is as fast. In the unit
  /// of the format, which builds a graph for n vectors when n exceeds this times ln(n).
  private static final int NO_GRAPH_BELOW = 250;

  private static final double RAM_BUFFER_MB = 64;

  private final Directory directory;
  private IndexWriter writer;

  private IndexFiles(Directory directory, IndexWriter writer) {
    this.directory = directory;
    this.writer = writer;
  }

  /// Another process writes this index.
  public static final class InUseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InUseException(Path folder, Throwable cause) {
      super("another process writes the index in " + folder.toAbsolutePath(), cause);
    }
  }

  /// Opens or creates the index in a folder. One that cannot be read, because a file is damaged or
  /// of another version of Lucene, is replaced by an empty one, to be built from the topics.
  ///
  /// @throws InUseException when another process writes it
  /// @throws UncheckedIOException when the folder cannot be used
  public static IndexFiles in(Path folder) {
    try {
      Files.createDirectories(folder);
      Directory directory = FSDirectory.open(folder);
      try {
        try {
          return new IndexFiles(
              directory, new IndexWriter(directory, config(OpenMode.CREATE_OR_APPEND)));
        } catch (CorruptIndexException
            | IndexFormatTooOldException
            | IndexFormatTooNewException
            | NoSuchFileException damaged) {
          for (String file : directory.listAll()) {
            if (!file.equals(IndexWriter.WRITE_LOCK_NAME)) {
              directory.deleteFile(file);
            }
          }
          return new IndexFiles(directory, new IndexWriter(directory, config(OpenMode.CREATE)));
        }
      } catch (IOException e) {
        directory.close();
        throw e;
      }
    } catch (LockObtainFailedException e) {
      throw new InUseException(folder, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the index in " + folder.toAbsolutePath(), e);
    }
  }

  /// An index on the heap, gone with this object.
  public static IndexFiles inMemory() {
    return of(new ByteBuffersDirectory());
  }

  /// A new index.
  static IndexFiles of(Directory directory) {
    try {
      return new IndexFiles(directory, new IndexWriter(directory, config(OpenMode.CREATE)));
    } catch (IOException e) {
      throw new UncheckedIOException("an index in memory cannot fail to open", e);
    }
  }

  private static IndexWriterConfig config(OpenMode mode) {
    return new IndexWriterConfig(WordQueries.ANALYZER)
        .setOpenMode(mode)
        .setRAMBufferSizeMB(RAM_BUFFER_MB)
        .setCodec(new QuantizedVectorsCodec())
        .setCommitOnClose(false);
  }

  /// Stores a byte for each number of a vector, beside the number itself, which is read only for
  /// the few results that are shown.
  private static final class QuantizedVectorsCodec extends Lucene104Codec {

    private final KnnVectorsFormat linked = format(NO_GRAPH_BELOW);
    private final KnnVectorsFormat unlinked = format(Integer.MAX_VALUE);

    private static KnnVectorsFormat format(int noGraphBelow) {
      return new Lucene104HnswScalarQuantizedVectorsFormat(
          ScalarEncoding.UNSIGNED_BYTE, MAX_CONNECTIONS, BEAM_WIDTH, 1, null, noGraphBelow);
    }

    @Override
    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
      return field.equals(EmbeddingDocument.VECTOR) ? linked : unlinked;
    }
  }

  IndexWriter writer() {
    return writer;
  }

  /// Goes back to the last commit, with another writer.
  void reopen() throws IOException {
    writer.rollback();
    writer = new IndexWriter(directory, config(OpenMode.CREATE_OR_APPEND));
  }

  /// What the last commit carried; empty for a new index.
  Map<String, String> commitData() {
    Map<String, String> data = new HashMap<>();
    Iterable<Map.Entry<String, String>> last = writer.getLiveCommitData();
    if (last != null) {
      last.forEach(entry -> data.put(entry.getKey(), entry.getValue()));
    }
    return data;
  }

  /// Bytes of the index's files.
  public long sizeBytes() {
    try {
      long bytes = 0;
      for (String file : directory.listAll()) {
        bytes += directory.fileLength(file);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot measure " + directory, e);
    }
  }

  /// Drops what was not committed.
  @Override
  public void close() throws IOException {
    writer.close();
    directory.close();
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
