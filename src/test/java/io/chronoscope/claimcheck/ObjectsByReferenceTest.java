package io.chronoscope.claimcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chronoscope.analysis.AnalysisEvent.MediaUnavailable;
import io.chronoscope.domain.Rejection;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.FakeObjectStore;
import io.chronoscope.testing.FakeObjectStore.Behavior;
import io.chronoscope.testing.FakeRetryClock;
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

/// Fetches from an object store.
class ObjectsByReferenceTest {

  private static final byte[] MEDIA = new byte[300_000];

  static {
    new Random(1).nextBytes(MEDIA);
  }

  private final FakeRetryClock clock = new FakeRetryClock();
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
  void sendsNoRequestForForbiddenReferences() {
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
      assertThat(rejection(reference(uri)).reason()).as(uri).isEqualTo(Reason.REFERENCE_FORBIDDEN);
    }
    assertThat(objects.requests).isEmpty();
  }

  @Test
  void distinguishesMissingFromForbiddenObjects() {
    Rejection missing = rejection(reference("s3://bucket/cam/2.mp4"));
    assertThat(missing.reason()).isEqualTo(Reason.REFERENCE_MISSING);
    assertThat(missing.detail()).contains("s3://bucket/cam/2.mp4", "NoSuchKey");

    objects.behavior = Behavior.DENIES;
    Rejection denied = rejection(reference("s3://bucket/cam/1.mp4"));
    assertThat(denied.reason()).isEqualTo(Reason.REFERENCE_FORBIDDEN);
    assertThat(denied.detail()).contains("AccessDenied");
    assertThat(clock.backoffs).isEmpty();
  }

  @Test
  void retriesTransientFailuresWithBackoff() throws Exception {
    for (Behavior behavior : List.of(Behavior.FAILS, Behavior.TRUNCATES, Behavior.REDIRECTS)) {
      problems.clear();
      clock.backoffs.clear();
      objects.requests.clear();
      objects.behavior = behavior;
      clock.afterBackoff =
          () -> {
            if (clock.backoffs.size() == 4) {
              objects.behavior = Behavior.SERVES;
            }
          };

      assertThat(store.fetch(reference("s3://bucket/cam/1.mp4")))
          .as(behavior.name())
          .isEqualTo(ByteBuffer.wrap(MEDIA));

      assertThat(problems).as(behavior.name()).hasSize(4);
      // Redirects are not followed.
      assertThat(objects.requests).hasSize(5).containsOnly("GET /bucket/cam/1.mp4");
      assertThat(clock.backoffs)
          .extracting(Duration::toMillis)
          .containsExactly(200L, 400L, 800L, 1600L);
    }
  }

  @Test
  void givesUpAfterTheRetryTimeout() {
    objects.behavior = Behavior.FAILS;

    Rejection rejection = rejection(reference("s3://bucket/cam/1.mp4"));

    assertThat(rejection.reason()).isEqualTo(Reason.REFERENCE_MISSING);
    assertThat(rejection.detail()).contains("could not be reached", "503", "SlowDown");
    Duration waited = clock.backoffs.stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(waited).isBetween(Duration.ofSeconds(90), Duration.ofMinutes(2));
  }

  @Test
  void givesUpOnAnUnreachableStore() {
    objects.close();

    Rejection rejection = rejection(reference("s3://bucket/cam/1.mp4"));

    assertThat(rejection.reason()).isEqualTo(Reason.REFERENCE_MISSING);
    assertThat(rejection.detail()).contains("could not be reached");
    assertThat(problems).isNotEmpty();
  }

  @Test
  void timesOutOnAStoreThatHangs() {
    try (ReferenceStore impatient =
        store(settings(Duration.ofMillis(300)).withRetryTimeout(Duration.ZERO))) {
      objects.behavior = Behavior.HANGS;
      assertThatThrownBy(() -> impatient.fetch(reference("s3://bucket/cam/1.mp4")))
          .isInstanceOf(UnreadableMediaException.class)
          .hasMessageContaining("could not be reached");
    }
  }

  @Test
  void rejectsBytesThatDifferFromTheReference() {
    URI uri = URI.create("s3://bucket/cam/1.mp4");
    String right = FilesByReferenceTest.sha256(MEDIA);
    for (Media.Reference other :
        List.of(
            new Media.Reference(uri, MEDIA.length + 1, right),
            new Media.Reference(uri, 1, right),
            new Media.Reference(uri, MEDIA.length, "0a".repeat(32)))) {
      assertThat(rejection(other).reason()).isEqualTo(Reason.REFERENCE_MISMATCH);
    }
    assertThat(clock.backoffs).isEmpty();
  }

  @Test
  void readsWhatTheUploaderWrote() throws Exception {
    try (MediaUploader uploader =
        MediaUploader.open("s3://bucket/some/prefix/", settings(Duration.ofSeconds(10)))) {
      Media.Reference put = uploader.put("yard/ü 1", 7, "video/mp4", MEDIA);

      assertThat(put.uri().toString()).startsWith("s3://bucket/some/prefix/yard%252F");
      assertThat(store.fetch(put)).isEqualTo(ByteBuffer.wrap(MEDIA));
    }
    assertThatThrownBy(() -> MediaUploader.open("s3://other/x", settings(Duration.ofSeconds(1))))
        .hasMessageContaining("chronoscope.references.buckets");
  }

  private Rejection rejection(Media.Reference reference) {
    UnreadableMediaException thrown =
        catchThrowableOfType(UnreadableMediaException.class, () -> store.fetch(reference));
    assertThat(thrown).as("%s was fetched", reference.uri()).isNotNull();
    return thrown.rejection();
  }

  private ReferenceStore store(ReferenceSettings settings) {
    return new ReferenceStore(
        settings,
        event -> {
          if (event instanceof MediaUnavailable media) {
            problems.add(media.problem());
          }
        },
        clock,
        Long.MAX_VALUE);
  }

  private ReferenceSettings settings(Duration timeout) {
    return new ReferenceSettings(
        List.of(),
        new ReferenceSettings.ObjectStore(
            List.of("bucket"),
            Optional.of(objects.endpoint()),
            Optional.of("eu-west-1"),
            ReferenceSettings.Addressing.PATH_STYLE),
        timeout,
        Duration.ofMinutes(2));
  }

  private static Media.Reference reference(String uri) {
    return new Media.Reference(URI.create(uri), MEDIA.length, FilesByReferenceTest.sha256(MEDIA));
  }
}
