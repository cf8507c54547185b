package io.chronoscope.search.lucene;

import io.chronoscope.domain.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;

/// The embedding of a text, once for all results that have it: cameras see the same things again
/// and again. Only these documents are linked in the graph of nearest vectors, which many equal
/// vectors would tear apart and make slow. Results refer to them by [#TEXT].
final class EmbeddingDocument {

  /// Which text a result has.
  static final String TEXT = "text";

  /// Which text an embedding belongs to.
  static final String KEY = "meaning-of";

  static final String VECTOR = "meaning";

  private static final int KEY_BYTES = 16;

  private EmbeddingDocument() {}

  /// What a result refers to.
  ///
  /// @param key of its text
  /// @param vector embedding of its text
  record TextEmbedding(BytesRef key, float[] vector) {}

  /// Stands for a text in the index.
  static BytesRef key(String text) {
    return new BytesRef(Arrays.copyOf(Sha256.of(text), KEY_BYTES));
  }

  static Document of(TextEmbedding embedding) {
    Document document = new Document();
    document.add(new StringField(KEY, embedding.key(), Store.NO));
    document.add(new SortedDocValuesField(KEY, embedding.key()));
    document.add(
        new KnnFloatVectorField(VECTOR, embedding.vector(), VectorSimilarityFunction.DOT_PRODUCT));
    return document;
  }

  /// The vector of a text that is indexed already.
  static Optional<float[]> find(IndexReader reader, BytesRef key) throws IOException {
    Term term = new Term(KEY, key);
    for (LeafReaderContext leaf : reader.leaves()) {
      PostingsEnum found = leaf.reader().postings(term, PostingsEnum.NONE);
      Bits live = leaf.reader().getLiveDocs();
      while (found != null && found.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
        if (live == null || live.get(found.docID())) {
          FloatVectorValues vectors = leaf.reader().getFloatVectorValues(VECTOR);
          KnnVectorValues.DocIndexIterator place = vectors.iterator();
          place.advance(found.docID());
          return Optional.of(vectors.vectorValue(place.index()).clone());
        }
      }
    }
    return Optional.empty();
  }

  /// Those whose text no result has any more.
  static List<Term> unused(IndexReader reader) throws IOException {
    List<Term> unused = new ArrayList<>();
    Terms embeddings = MultiTerms.getTerms(reader, KEY);
    if (embeddings != null) {
      TermsEnum keys = embeddings.iterator();
      for (BytesRef key = keys.next(); key != null; key = keys.next()) {
        if (!isUsed(reader, key)) {
          unused.add(new Term(KEY, BytesRef.deepCopyOf(key)));
        }
      }
    }
    return unused;
  }

  private static boolean isUsed(IndexReader reader, BytesRef key) throws IOException {
    Term text = new Term(TEXT, key);
    for (LeafReaderContext leaf : reader.leaves()) {
      PostingsEnum having = leaf.reader().postings(text, PostingsEnum.NONE);
      Bits live = leaf.reader().getLiveDocs();
      while (having != null && having.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
        if (live == null || live.get(having.docID())) {
          return true;
        }
      }
    }
    return false;
  }
}
