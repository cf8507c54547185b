package io.chronoscope.search.lucene;

import io.chronoscope.domain.ChunkOrigin;
import io.chronoscope.domain.Result;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.search.ChangePosition;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.IndexedResult;
import io.chronoscope.search.ListPosition;
import io.chronoscope.search.PublishedResult;
import io.chronoscope.search.SourcePartition;
import io.chronoscope.search.StreamTally;
import io.chronoscope.search.StreamTally.Validity;
import io.chronoscope.search.indexing.BatchPlan;
import io.chronoscope.search.indexing.ResultKey;
import io.chronoscope.search.lucene.EmbeddingDocument.TextEmbedding;
import io.chronoscope.search.query.Relevance;
import io.chronoscope.wire.ResultJson;
import io.chronoscope.wire.ResultType;
import io.chronoscope.wire.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoubleField;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;

/// How a result, or the mark of a removed one, lies in the index. A change of this class that
/// alters documents needs another [#VERSION].
final class ResultDocument {

  /// Part of the index's schema.
  static final String VERSION = "3";

  /// Every document of a result has this term; marks of removed results do not.
  static final Term LIVE = new Term("live", "1");

  static final String KEY = "key";
  static final String TOPIC_KEY = "topic-key";
  static final String STREAM = "stream";
  static final String TYPE = "type";
  static final String STATUS = "status";
  static final String LEVEL = "level";
  static final String RULE = "rule";
  static final String CONFIDENCE = "confidence";
  static final String START = "start";
  static final String END = "end";
  static final String SEQUENCE = "sequence";
  static final String WORDS = "words";
  static final String AS_WRITTEN = "as-written";
  static final String TERMS = "terms";
  static final String STREAM_WORDS = "stream-words";

  /// Of each result, for the few that a filter leaves; those of all are found by
  /// [EmbeddingDocument].
  static final String VECTOR = "vector";

  static final String REVISION_AND_TALLY = "tally";
  static final String REMOVED_AT = "removed-at";

  static final String PARTITION = "partition";
  static final String OFFSET = "offset";

  /// The term of results without a status or a level.
  static final String NONE = "NONE";

  private static final String VALUE = "value";
  private static final String PLACE = "place";
  private static final String REMOVED = "removed";

  private ResultDocument() {}

  static BytesRef sortKey(ListPosition position) {
    return new BytesRef(ResultKey.of(position).text());
  }

  static Term keyTerm(ResultType type, String id) {
    return new Term(KEY, new ResultKey(type, id).text());
  }

  /// All results of a topic with this id.
  static Term topicTerm(Topic topic, String id) {
    return new Term(TOPIC_KEY, topic + "/" + id);
  }

  static Document of(IndexedResult one, Optional<TextEmbedding> embedding) {
    Document document = new Document();
    PublishedResult published = one.published();
    String key = ResultKey.of(one).text();
    document.add(new StringField(LIVE.field(), LIVE.text(), Store.NO));
    document.add(new StringField(KEY, key, Store.NO));
    document.add(new SortedDocValuesField(KEY, new BytesRef(key)));
    document.add(
        new StringField(TOPIC_KEY, topicTerm(one.type().topic(), one.id()).text(), Store.NO));
    document.add(new StringField(STREAM, one.stream(), Store.NO));
    document.add(new SortedDocValuesField(STREAM, new BytesRef(one.stream())));
    document.add(new StringField(TYPE, one.type().name(), Store.NO));
    document.add(new StringField(STATUS, one.status().map(Status::name).orElse(NONE), Store.NO));
    document.add(
        new StringField(LEVEL, one.level().map(Result.Level::name).orElse(NONE), Store.NO));
    one.rule().ifPresent(rule -> document.add(new StringField(RULE, rule, Store.NO)));
    one.confidence().ifPresent(value -> document.add(new DoubleField(CONFIDENCE, value, Store.NO)));
    document.add(new LongField(START, StreamClock.epochMicros(one.start()), Store.NO));
    document.add(new LongField(END, StreamClock.epochMicros(one.end()), Store.NO));
    document.add(new LongField(SEQUENCE, one.changed().sequence(), Store.NO));
    document.add(new TextField(WORDS, one.text(), Store.NO));
    document.add(new TextField(AS_WRITTEN, one.text(), Store.NO));
    Relevance.terms(one.text())
        .forEach(term -> document.add(new StringField(TERMS, term, Store.NO)));
    document.add(new TextField(STREAM_WORDS, one.stream(), Store.NO));
    embedding.ifPresent(known -> {
      document.add(
          new KnnFloatVectorField(VECTOR, known.vector(), VectorSimilarityFunction.DOT_PRODUCT));
      document.add(new StringField(EmbeddingDocument.TEXT, known.key(), Store.NO));
    });
    document.add(
        new BinaryDocValuesField(
            REVISION_AND_TALLY,
            new RevisionAndTally(BatchPlan.revision(one.result()), StreamTally.Entry.of(one))
                .write()));
    document.add(new StoredField(VALUE, published.json()));
    ChunkOrigin at = published.at();
    document.add(
        new StringField(
            PARTITION, new SourcePartition(at.topic(), at.partition()).toString(), Store.NO));
    document.add(new LongField(OFFSET, at.offset(), Store.NO));
    document.add(
        new StoredField(
            PLACE,
            "%d %d %d %d %s"
                .formatted(
                    one.changed().sequence(),
                    published.publishedAt().toEpochMilli(),
                    at.partition(),
                    at.offset(),
                    at.topic())));
    return document;
  }

  /// The mark of a removed result, so that followers learn of it after a restart.
  ///
  /// @param now when it was removed
  static Document ofRemoved(Change.Removed removed, Instant now) {
    Document document = new Document();
    document.add(new LongField(SEQUENCE, removed.position().sequence(), Store.NO));
    document.add(new LongField(REMOVED_AT, StreamClock.epochMicros(now), Store.NO));
    document.add(
        new StoredField(
            REMOVED,
            "%d %s %d %s %s"
                .formatted(
                    removed.position().sequence(),
                    removed.type(),
                    removed.id().length(),
                    removed.id(),
                    removed.stream())));
    return document;
  }

  static Change read(Document stored, String build) {
    String removed = stored.get(REMOVED);
    return removed == null
        ? new Change.Upserted(readResult(stored, build))
        : readRemoved(removed, build);
  }

  static IndexedResult readResult(Document stored, String build) {
    String json = stored.get(VALUE);
    String[] place = stored.get(PLACE).split(" ", 5);
    Result result = ResultJson.parse(json.getBytes(StandardCharsets.UTF_8));
    return new IndexedResult(
        new PublishedResult(
            result,
            json,
            new ChunkOrigin(place[4], Integer.parseInt(place[2]), Long.parseLong(place[3])),
            Instant.ofEpochMilli(Long.parseLong(place[1]))),
        new ChangePosition(build, Long.parseLong(place[0])));
  }

  private static Change.Removed readRemoved(String text, String build) {
    String[] parts = text.split(" ", 4);
    int idLength = Integer.parseInt(parts[2]);
    return new Change.Removed(
        new ChangePosition(build, Long.parseLong(parts[0])),
        ResultType.valueOf(parts[1]),
        parts[3].substring(idLength + 1),
        parts[3].substring(0, idLength));
  }

  /// What has to be known of a document when its result is replaced or counted.
  record RevisionAndTally(int revision, StreamTally.Entry entry) {

    private static final int BYTES = 2 + 4 * Long.BYTES + 2 * Integer.BYTES;

    BytesRef write() {
      ByteBuffer bytes = ByteBuffer.allocate(BYTES);
      bytes.put((byte) entry.type().ordinal()).put((byte) entry.validity().ordinal());
      bytes
          .putLong(StreamClock.epochMicros(entry.start()))
          .putLong(StreamClock.epochMicros(entry.end()));
      bytes.putLong(entry.publishedAt().toEpochMilli()).putLong(entry.lagMs());
      bytes.putInt(entry.loadLevel()).putInt(revision);
      return new BytesRef(bytes.array());
    }

    static RevisionAndTally read(BytesRef value) {
      ByteBuffer bytes = ByteBuffer.wrap(value.bytes, value.offset, value.length);
      ResultType type = ResultType.values()[bytes.get()];
      Validity validity = Validity.values()[bytes.get()];
      Instant start = StreamClock.ofEpochMicros(bytes.getLong());
      Instant end = StreamClock.ofEpochMicros(bytes.getLong());
      Instant publishedAt = Instant.ofEpochMilli(bytes.getLong());
      long lagMs = bytes.getLong();
      int loadLevel = bytes.getInt();
      return new RevisionAndTally(
          bytes.getInt(),
          new StreamTally.Entry(type, validity, start, end, publishedAt, lagMs, loadLevel));
    }
  }
}
