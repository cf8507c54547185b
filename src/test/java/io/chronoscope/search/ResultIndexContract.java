package io.chronoscope.search;

import static io.chronoscope.testing.SampleResults.alert;
import static io.chronoscope.testing.SampleResults.at;
import static io.chronoscope.testing.SampleResults.deadLetter;
import static io.chronoscope.testing.SampleResults.end;
import static io.chronoscope.testing.SampleResults.event;
import static io.chronoscope.testing.SampleResults.gap;
import static io.chronoscope.testing.SampleResults.summary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.domain.Result.Level;
import io.chronoscope.domain.Result.Status;
import io.chronoscope.domain.StreamPattern;
import io.chronoscope.search.Changes.Change;
import io.chronoscope.search.ResultListing.Order;
import io.chronoscope.search.SearchHit.Emphasis;
import io.chronoscope.search.SearchHit.Fragment;
import io.chronoscope.testing.TopicRecords;
import io.chronoscope.wire.ResultType;
import io.chronoscope.wire.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every index has to answer, whatever it is made of.
public abstract class ResultIndexContract {

  private final TopicRecords topics = new TopicRecords();
  private UpdatableIndex index;

  /// A new, empty index.
  protected abstract UpdatableIndex open();

  @BeforeEach
  void openIndex() {
    index = open();
  }

  @AfterEach
  void closeIndex() {
    index.close();
  }

  private void follow() {
    index.apply(topics.after(index.progress().partitions().isEmpty() ? Map.of() : next(), 1000));
  }

  private Map<SourcePartition, Long> next() {
    Map<SourcePartition, Long> next = new HashMap<>();
    index.progress().partitions().forEach(one -> next.put(one.partition(), one.nextOffset()));
    return next;
  }

  private List<String> ids(ResultFilter filter) {
    return index.list(new ResultListing(filter, Order.OLDEST_FIRST, 100)).results().stream()
        .map(IndexedResult::id)
        .toList();
  }

  private List<String> found(String text) {
    return index.search(new SearchRequest(text, ResultFilter.VALID, 10)).hitList().stream()
        .map(hit -> hit.result().id())
        .toList();
  }

  @Test
  void listsResultsInOrderOfTimeAndPageByPage() {
    for (int i = 0; i < 23; i++) {
      topics.publish(event("cam-1", "evt-%02d".formatted(i), (i * 7) % 23, 30, "event " + i));
    }
    follow();
    List<IndexedResult> all =
        index.list(new ResultListing(ResultFilter.ALL, Order.OLDEST_FIRST, 100)).results();
    assertThat(all).hasSize(23).isSortedAccordingTo(Comparator.comparing(ListPosition::of));
    for (Order order : Order.values()) {
      List<String> paged = new ArrayList<>();
      ResultListing listing = new ResultListing(ResultFilter.ALL, order, 5);
      Optional<ListPosition> next = Optional.empty();
      do {
        ResultPage page = index.list(next.map(listing::after).orElse(listing));
        page.results().forEach(one -> paged.add(one.id()));
        next = page.next().map(position -> ListPosition.parse(position.token()));
      } while (next.isPresent());
      List<String> expected = all.stream().map(IndexedResult::id).toList();
      assertThat(paged).isEqualTo(order == Order.OLDEST_FIRST ? expected : expected.reversed());
    }
  }

  @Test
  void showsTheLatestRevisionOnly() {
    topics.publish(event("cam-1", "evt-1", 1, Status.OPEN, 1, 2, "a dog"));
    follow();
    topics.publish(
        event("cam-1", "evt-1", 3, Status.CLOSED, 1, 5, "a dog runs"),
        event("cam-1", "evt-1", 2, Status.UPDATE, 1, 4, "a dog walks"));
    follow();

    IndexedResult latest = index.find(ResultType.EVENT, "evt-1").orElseThrow();
    assertThat(latest.text()).isEqualTo("a dog runs");
    assertThat(latest.end()).isEqualTo(at(5));
    assertThat(ids(ResultFilter.ALL)).containsExactly("evt-1");
    assertThat(found("walks")).isEmpty();
    assertThat(found("dog runs")).containsExactly("evt-1");
  }

  @Test
  void filtersByEveryPart() {
    topics.publish(
        event("cam-1", "evt-1", 0, 2, "one"),
        event("cam-2", "evt-2", 2, 4, "two"),
        event("door", "evt-3", 1, Status.WITHDRAWN, 4, 6, "three"),
        alert("door", "alr-1", "intruder", 0.9, 4, 6, "four"),
        alert("door", "alr-2", "parcel", 0.4, 5, 7, "five"),
        summary("door", "sum-1", Level.WINDOW, 0, 8, "six"),
        summary("door", "sum-2", Level.HOUR, 0, 9, "seven"),
        gap("door", "gap-1", 8, 9, "eight"));
    follow();

    assertThat(ids(ResultFilter.ALL.withStream(new StreamPattern("cam-*"))))
        .containsExactly("evt-1", "evt-2");
    assertThat(ids(ResultFilter.ALL.withStream(new StreamPattern("d?or")))).isEmpty();
    assertThat(
            ids(
                ResultFilter.ALL.withVisible(
                    List.of(new StreamPattern("*-2"), new StreamPattern("c*1")))))
        .containsExactly("evt-1", "evt-2");
    assertThat(ids(ResultFilter.VALID.withTypes(Set.of(ResultType.EVENT))))
        .containsExactly("evt-1", "evt-2");
    assertThat(
            ids(
                ResultFilter.ALL
                    .withTypes(Set.of(ResultType.EVENT))
                    .withRange(Optional.of(at(2)), Optional.of(at(4)))))
        .containsExactly("evt-1", "evt-2");
    assertThat(ids(ResultFilter.ALL.withRule("parcel"))).containsExactly("alr-2");
    assertThat(ids(ResultFilter.ALL.withTypes(Set.of(ResultType.ALERT)).withMinConfidence(0.9)))
        .containsExactly("alr-1");
    assertThat(
            ids(
                ResultFilter.ALL
                    .withTypes(Set.of(ResultType.SUMMARY))
                    .withLevels(Set.of(Level.HOUR))))
        .containsExactly("sum-2");
    assertThatThrownBy(() -> ResultFilter.ALL.withRange(Optional.of(at(4)), Optional.of(at(2))))
        .isInstanceOf(InvalidQueryException.class)
        .hasMessageContaining("ends");
  }

  @Test
  void findsWordsAndMarksThem() {
    topics.publish(
        event("cam-1", "evt-1", 0, 2, "A red bicycle leans at the wall."),
        event("cam-1", "evt-2", 2, 4, "A truck delivers parcels."),
        summary("cam-1", "sum-1", Level.HOUR, 0, 60, "A truck delivers parcels. It rains."));
    follow();

    SearchOutcome outcome =
        index.search(new SearchRequest("delivers parcels", ResultFilter.VALID, 10));
    assertThat(outcome.hitList()).extracting(hit -> hit.result().id()).startsWith("evt-2");
    List<Fragment> text = outcome.hitList().getFirst().text();
    assertThat(String.join("", text.stream().map(Fragment::text).toList()))
        .isEqualTo("A truck delivers parcels.");
    assertThat(text.stream().filter(one -> one.emphasis() == Emphasis.MATCH).map(Fragment::text))
        .containsExactly("delivers", "parcels");
    assertThat(index.search(new SearchRequest("zebra crossing", ResultFilter.VALID, 10)))
        .isInstanceOf(SearchOutcome.NothingFound.class);
    assertThat(
            index
                .search(
                    new SearchRequest(
                        "parcels", ResultFilter.VALID.withStream(new StreamPattern("cam-2")), 10))
                .hitList())
        .isEmpty();
  }

  @Test
  void reportsChangesInOrderAndEachResultOnce() {
    ChangePosition start = index.latestChange();
    topics.publish(
        event("cam-1", "evt-1", 1, Status.OPEN, 0, 2, "one"), event("cam-1", "evt-2", 2, 4, "two"));
    follow();
    topics.publish(event("cam-1", "evt-1", 2, Status.CLOSED, 0, 3, "one"));
    follow();

    Changes changes = index.changes(start, 10, Duration.ZERO);
    assertThat(changes).isInstanceOf(Changes.Continued.class);
    assertThat(((Changes.Continued) changes).list())
        .extracting(change -> ((Change.Upserted) change).result().id())
        .containsExactly("evt-2", "evt-1");
    assertThat(index.changes(changes.next(), 10, Duration.ZERO))
        .isEqualTo(new Changes.Continued(List.of(), changes.next()));
    assertThat(ChangePosition.parse(changes.next().token())).isEqualTo(changes.next());
    assertThat(index.changes(new ChangePosition("another", 3), 10, Duration.ZERO))
        .isInstanceOf(Changes.Restarted.class);
  }

  @Test
  void aTombstoneRemovesAResultAndFollowersLearnOfIt() {
    topics.publish(event("cam-1", "evt-1", 0, 2, "one"), gap("cam-1", "gap-1", 2, 4, "two"));
    follow();
    ChangePosition before = index.latestChange();
    topics.remove(Topic.EVENTS, "evt-1");
    topics.remove(Topic.EVENTS, "evt-unknown");
    follow();

    assertThat(ids(ResultFilter.ALL)).containsExactly("gap-1");
    assertThat(found("one")).isEmpty();
    Changes changes = index.changes(before, 10, Duration.ZERO);
    assertThat(((Changes.Continued) changes).list())
        .containsExactly(new Change.Removed(changes.next(), ResultType.EVENT, "cam-1", "evt-1"));
    topics.publish(event("cam-1", "evt-1", 0, 2, "one again"));
    follow();
    assertThat(ids(ResultFilter.ALL)).containsExactly("evt-1", "gap-1");
  }

  @Test
  void waitsForTheNextChange() throws Exception {
    ChangePosition start = index.latestChange();
    CompletableFuture<Changes> waiting = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> waiting.complete(index.changes(start, 10, Duration.ofMinutes(1))));
    topics.publish(event("cam-1", "evt-1", 0, 2, "one"));
    follow();

    assertThat(((Changes.Continued) waiting.get()).list()).hasSize(1);
  }

  @Test
  void countsStreams() {
    topics.publish(
        event("cam-1", "evt-1", 1, Status.OPEN, 1, 2, "one"),
        event("cam-1", "evt-2", 1, Status.CLOSED, 3, 4, "two"),
        summary("cam-1", "sum-1", Level.WINDOW, 0, 10, "one, two"),
        gap("cam-1", "gap-1", 10, 12, "missing"),
        deadLetter("cam-1", 3, "broken"),
        alert("cam-2", "alr-1", "r", 0.5, 0, 1, "x"));
    follow();
    topics.publish(
        event("cam-1", "evt-1", 2, Status.WITHDRAWN, 1, 2, "one"), end("cam-1", "end-1", 0, 12, 1));
    follow();

    assertThat(index.streams()).extracting(StreamFacts::id).containsExactly("cam-1", "cam-2");
    StreamFacts facts = index.stream("cam-1").orElseThrow();
    assertThat(facts.events()).isEqualTo(1);
    assertThat(facts.openEvents()).isZero();
    assertThat(facts.gaps()).isEqualTo(1);
    assertThat(facts.deadLetters()).isEqualTo(1);
    assertThat(facts.end()).isPresent();
    assertThat(facts.firstStart()).isEqualTo(at(0));
    assertThat(facts.lag()).isEqualTo(Duration.ofMillis(700));
    assertThat(index.stream("cam-3")).isEmpty();
  }

  @Test
  void saysHowFarItIs() {
    topics.publish(event("cam-1", "evt-1", 0, 2, "one"), event("cam-1", "evt-2", 0, 2, "two"));
    index.topicsEndAt(topics.ends());
    index.apply(topics.after(Map.of(), 1));
    assertThat(index.progress().behind()).isEqualTo(1);
    follow();
    assertThat(index.progress().behind()).isZero();
    assertThat(index.progress().phase()).isEqualTo(IndexProgress.Phase.FOLLOWING);
    assertThat(index.progress().results()).isEqualTo(2);
  }

  @Test
  void forgetsWhatTheTopicsNoLongerRetain() {
    topics.publish(
        event("cam-1", "evt-1", 0, 2, "one"),
        event("cam-1", "evt-2", 20, 22, "two"),
        event("cam-1", "evt-3", 1, 40, "three"));
    follow();
    index.removeBefore(at(10));
    assertThat(ids(ResultFilter.ALL)).containsExactly("evt-3", "evt-2");
    index.removeBelow(new SourcePartition("video.events", 0), 2);
    assertThat(ids(ResultFilter.ALL)).containsExactly("evt-3");
    assertThat(index.stream("cam-1").orElseThrow().events()).isEqualTo(1);
    index.clear();
    assertThat(ids(ResultFilter.ALL)).isEmpty();
  }
}
