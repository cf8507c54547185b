package io.chronoscope.claimcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chronoscope.analysis.AnalysisEvent.MediaUnavailable;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.testing.FakeObjectStore;
import io.chronoscope.testing.FakeObjectStore.Mood;
import io.chronoscope.testing.FakePacing;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObjectsByReferenceTest {

  private static final byte[] MEDIA = new byte[300_000];

  static {
    new Random(1).nextBytes(MEDIA);
  }

  private final FakePacing pacing = new FakePacing();
  private final List<String> problems = new ArrayList<>();
  private FakeObjectStore objects;
  private ReferenceStore store;

  @BeforeEach
  void open() throws Exception {
    System.setProperty("aws.accessKeyId", "reader");
    System.setProperty("aws.secretAccessKey", "secret");
    objects = new FakeObjectStore();
    objects.objects.put("/bucket/cam/1.mp4", MEDIA);
    store = store(settings(Duration.ofSeconds(10)));
  }

  @AfterEach
  void close() {
    store.close();
    objects.close();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @Test
  void fetchesAnObject() throws Exception {
    assertThat(store.fetch(reference("s3://bucket/cam/1.mp4"))).isEqualTo(ByteBuffer.wrap(MEDIA));
    assertThat(objects.requests).containsExactly("GET /bucket/cam/1.mp4");
  }

  @Test
  void asksNobodyForWhatIsNotAllowed() {
    for (String uri :
        List.of(
            "s3://other/cam/1.mp4",
            "s3://bucket",
            "s3://bucket/",
            "s3:///bucket/cam/1.mp4",
            "s3:bucket/cam/1.mp4",
            "s3://user@bucket/cam/1.mp4",
            "s3://bucket:80/cam/1.mp4",
            "s3://bucket/cam/1.mp4?versionId=1",
            "s3://bucket/../other/1.mp4",
            "s3://bucket/%2e%2e/other/1.mp4",
            "http://bucket/cam/1.mp4")) {
      assertThat(refusal(reference(uri)).reason()).as(uri).isEqualTo(Reason.REFERENCE_FORBIDDEN);
    }
    assertThat(objects.requests).isEmpty();
  }

  @Test
  void tellsWhatIsNotThereFromWhatMayNotBeRead() {
    Rejection missing = refusal(reference("s3://bucket/cam/2.mp4"));
    assertThat(missing.reason()).isEqualTo(Reason.REFERENCE_MISSING);
    assertThat(missing.detail()).contains("s3://bucket/cam/2.mp4", "NoSuchKey");

    objects.mood = Mood.DENIES;
    Rejection denied = refusal(reference("s3://bucket/cam/1.mp4"));
    assertThat(denied.reason()).isEqualTo(Reason.REFERENCE_FORBIDDEN);
    assertThat(denied.detail()).contains("AccessDenied");
    assertThat(pacing.pauses).isEmpty();
  }

  @Test
  void triesAgainWhatMayPass() throws Exception {
    for (Mood mood : List.of(Mood.FAILS, Mood.BREAKS_OFF, Mood.REDIRECTS)) {
      problems.clear();
      pacing.pauses.clear();
      objects.requests.clear();
      objects.mood = mood;
      pacing.inPause =
          () -> {
            if (pacing.pauses.size() == 4) {
              objects.mood = Mood.WELL;
            }
          };

      assertThat(store.fetch(reference("s3://bucket/cam/1.mp4")))
          .as(mood.name())
          .isEqualTo(ByteBuffer.wrap(MEDIA));

      assertThat(problems).as(mood.name()).hasSize(4);
      // Nobody follows where it redirects to.
      assertThat(objects.requests).hasSize(5).containsOnly("GET /bucket/cam/1.mp4");
      assertThat(pacing.pauses)
          .extracting(Duration::toMillis)
          .containsExactly(200L, 400L, 800L, 1600L);
    }
  }

  @Test
  void givesUpInTheEndAndSaysThatItMayBeThere() {
    objects.mood = Mood.FAILS;

    Rejection rejection = refusal(reference("s3://bucket/cam/1.mp4"));

    assertThat(rejection.reason()).isEqualTo(Reason.REFERENCE_MISSING);
    assertThat(rejection.detail()).contains("could not be reached", "503", "SlowDown");
    Duration waited = pacing.pauses.stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(waited).isBetween(Duration.ofSeconds(90), Duration.ofMinutes(2));
  }

  @Test
  void givesUpOnAStoreThatIsNotThere() {
    objects.close();

    Rejection rejection = refusal(reference("s3://bucket/cam/1.mp4"));

    assertThat(rejection.reason()).isEqualTo(Reason.REFERENCE_MISSING);
    assertThat(rejection.detail()).contains("could not be reached");
    assertThat(problems).isNotEmpty();
  }

  @Test
  void doesNotWaitForeverForAnAnswer() {
    try (ReferenceStore hasty =
        store(settings(Duration.ofMillis(300)).withPatience(Duration.ZERO))) {
      objects.mood = Mood.SILENT;
      assertThatThrownBy(() -> hasty.fetch(reference("s3://bucket/cam/1.mp4")))
          .isInstanceOf(UnreadableMediaException.class)
          .hasMessageContaining("could not be reached");
    }
  }

  @Test
  void refusesOtherBytesThanStated() {
    URI uri = URI.create("s3://bucket/cam/1.mp4");
    String right = FilesByReferenceTest.sha256(MEDIA);
    for (Media.Reference other :
        List.of(
            new Media.Reference(uri, MEDIA.length + 1, right),
            new Media.Reference(uri, 1, right),
            new Media.Reference(uri, MEDIA.length, "0a".repeat(32)))) {
      assertThat(refusal(other).reason()).isEqualTo(Reason.REFERENCE_MISMATCH);
    }
    assertThat(pacing.pauses).isEmpty();
  }

  @Test
  void writesWhatItReads() throws Exception {
    try (MediaUploader depot =
        MediaUploader.open("s3://bucket/some/prefix/", settings(Duration.ofSeconds(10)))) {
      Media.Reference put = depot.put("yard/ü 1", 7, "video/mp4", MEDIA);

      assertThat(put.uri().toString()).startsWith("s3://bucket/some/prefix/yard%252F");
      assertThat(store.fetch(put)).isEqualTo(ByteBuffer.wrap(MEDIA));
    }
    assertThatThrownBy(() -> MediaUploader.open("s3://other/x", settings(Duration.ofSeconds(1))))
        .hasMessageContaining("chronoscope.references.buckets");
  }

  private Rejection refusal(Media.Reference reference) {
    UnreadableMediaException refused =
        catchThrowableOfType(UnreadableMediaException.class, () -> store.fetch(reference));
    assertThat(refused).as("%s was fetched", reference.uri()).isNotNull();
    return refused.rejection();
  }

  private ReferenceStore store(ReferenceSettings settings) {
    return new ReferenceStore(
        settings,
        event -> {
          if (event instanceof MediaUnavailable media) {
            problems.add(media.problem());
          }
        },
        pacing);
  }

  private ReferenceSettings settings(Duration timeout) {
    return new ReferenceSettings(
        List.of(),
        new ReferenceSettings.ObjectStore(
            List.of("bucket"), Optional.of(objects.endpoint()), Optional.of("eu-west-1"), true),
        timeout,
        Duration.ofMinutes(2));
  }

  private static Media.Reference reference(String uri) {
    return new Media.Reference(URI.create(uri), MEDIA.length, FilesByReferenceTest.sha256(MEDIA));
  }
}
