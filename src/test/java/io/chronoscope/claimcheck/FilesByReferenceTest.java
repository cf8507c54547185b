package io.chronoscope.claimcheck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chronoscope.analysis.AnalysisEvent.MediaFetched;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.Sha256;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.testing.FakeRetryClock;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Fetches from files under a root directory.
class FilesByReferenceTest {

  private static final byte[] MEDIA = "a segment".getBytes(UTF_8);

  private final FakeRetryClock clock = new FakeRetryClock();
  private final List<Long> fetched = new ArrayList<>();

  @TempDir Path folder;

  private Path root;

  @BeforeEach
  void prepare() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    Files.createDirectory(root.resolve("cam"));
    Files.write(root.resolve("cam/1.mp4"), MEDIA);
    Files.write(folder.resolve("secret"), MEDIA);
  }

  @Test
  void fetchesAFileUnderTheRoot() throws Exception {
    ByteBuffer bytes = store(root).fetch(reference(root.resolve("cam/1.mp4").toUri()));

    assertThat(bytes.isReadOnly()).isTrue();
    assertThat(bytes).isEqualTo(ByteBuffer.wrap(MEDIA));
    assertThat(fetched).containsExactly((long) MEDIA.length);
  }

  @Test
  void followsLinksWithinTheRoots() throws Exception {
    Path linked = Files.createSymbolicLink(folder.resolve("linked-root"), root);
    Files.createSymbolicLink(root.resolve("link.mp4"), root.resolve("cam/1.mp4"));

    assertThat(store(linked).fetch(reference(linked.resolve("link.mp4").toUri())))
        .isEqualTo(ByteBuffer.wrap(MEDIA));
  }

  @Test
  void rejectsALinkOutOfTheRoot() throws Exception {
    Files.createSymbolicLink(root.resolve("out"), folder.resolve("secret"));
    Files.createSymbolicLink(root.resolve("up"), folder);

    for (String name : List.of("out", "up/secret")) {
      assertThat(rejection(root.resolve(name).toUri().toString()))
          .isEqualTo(Reason.REFERENCE_FORBIDDEN);
    }
  }

  @Test
  void rejectsEverythingButRegularFilesUnderTheRoot() throws Exception {
    String base = root.toUri().getRawPath().replaceAll("/$", "");
    for (String uri :
        List.of(
            folder.resolve("secret").toUri().toString(),
            // Does not reveal whether it exists, either.
            folder.resolve("nothing").toUri().toString(),
            "file://" + base + "/../secret",
            "file://" + base + "/%2e%2e/secret",
            "file://" + base + "/cam/../cam/1.mp4",
            "file://" + base + "-other/x",
            "file://localhost" + base + "/cam/1.mp4",
            "file://elsewhere/cam/1.mp4",
            "file://" + base + "/cam/1.mp4?x=1",
            "file://" + base + "/cam/1.mp4#x",
            "file://" + base + "/cam/1.mp4%00",
            "file:cam/1.mp4",
            "file://" + base + "/cam",
            "file://" + base,
            "file:///dev/zero",
            "file:///")) {
      assertThat(rejection(uri)).as(uri).isEqualTo(Reason.REFERENCE_FORBIDDEN);
    }
    assertThat(clock.backoffs).isEmpty();
  }

  @Test
  void rejectsAPipeWithoutBlocking() throws Exception {
    Path pipe = root.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assumeTrue(made.waitFor() == 0, "needs mkfifo");

    assertThat(rejection(pipe.toUri().toString())).isEqualTo(Reason.REFERENCE_FORBIDDEN);
  }

  @Test
  void namesTheSettingButNotTheRoots() {
    UnreadableMediaException thrown =
        catchThrowableOfType(
            UnreadableMediaException.class,
            () -> store(root).fetch(reference(URI.create("file:///etc/passwd"))));

    assertThat(thrown.rejection().detail())
        .contains("file:///etc/passwd", "chronoscope.references.roots")
        .doesNotContain(root.toString());
  }

  @Test
  void rejectsMissingFiles() {
    for (String name : List.of("cam/2.mp4", "nobody/1.mp4", "cam/1.mp4/2")) {
      assertThat(rejection(root.resolve(name).toUri().toString()))
          .as(name)
          .isEqualTo(Reason.REFERENCE_MISSING);
    }
  }

  @Test
  void rejectsBytesThatDifferFromTheReference() throws Exception {
    URI uri = root.resolve("cam/1.mp4").toUri();
    String right = sha256(MEDIA);
    for (Media.Reference other :
        List.of(
            new Media.Reference(uri, MEDIA.length + 1, right),
            new Media.Reference(uri, MEDIA.length - 1, right),
            new Media.Reference(uri, MEDIA.length, sha256(new byte[1])))) {
      assertThat(rejection(other)).isEqualTo(Reason.REFERENCE_MISMATCH);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost/x", "https://localhost/x", "ftp://localhost/x", "data:,x",
        "classpath:/application.properties", "jar:file:/x.jar!/y", "urn:x:y", "S4://bucket/key",
        "gopher://x/y", "file+x:///y"
      })
  void rejectsOtherSchemes(String uri) {
    assertThat(rejection(uri)).isEqualTo(Reason.REFERENCE_FORBIDDEN);
  }

  @Test
  void rejectsFilesWithoutARoot() {
    UnreadableMediaException thrown =
        catchThrowableOfType(
            UnreadableMediaException.class,
            () -> store().fetch(reference(root.resolve("cam/1.mp4").toUri())));
    assertThat(thrown.rejection().reason()).isEqualTo(Reason.REFERENCE_FORBIDDEN);
  }

  @Test
  void retriesUntilARootIsMounted() throws Exception {
    Path later = folder.resolve("later");
    clock.afterBackoff =
        () -> {
          if (clock.backoffs.size() == 3) {
            try {
              Files.move(root, later);
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }
        };

    assertThat(store(later).fetch(reference(later.resolve("cam/1.mp4").toUri())))
        .isEqualTo(ByteBuffer.wrap(MEDIA));
    assertThat(clock.backoffs).hasSize(3);
  }

  @Test
  void stopsWhenInterrupted() {
    Path never = folder.resolve("never");
    clock.afterBackoff = Thread.currentThread()::interrupt;
    try {
      assertThatThrownBy(() -> store(never).fetch(reference(never.resolve("x").toUri())))
          .isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void readsWhatTheUploaderWrote() throws Exception {
    ReferenceSettings settings = settings(root);
    try (MediaUploader uploader = MediaUploader.open("file", settings);
        ReferenceStore store = new ReferenceStore(settings, AnalysisListener.SILENT)) {
      for (String stream : List.of("cam", "../a/b ü", "..", ".")) {
        Media.Reference put = uploader.put(stream, 3, "video/mp4", MEDIA);
        assertThat(store.fetch(put)).isEqualTo(ByteBuffer.wrap(MEDIA));
        assertThat(uploader.put(stream, 3, "video/mp4", MEDIA)).isEqualTo(put);
      }
    }
  }

  private Reason rejection(String uri) {
    return rejection(reference(URI.create(uri)));
  }

  private Reason rejection(Media.Reference reference) {
    UnreadableMediaException thrown =
        catchThrowableOfType(UnreadableMediaException.class, () -> store(root).fetch(reference));
    assertThat(thrown).as("%s was fetched", reference.uri()).isNotNull();
    return thrown.rejection().reason();
  }

  private ReferenceStore store(Path... roots) {
    return new ReferenceStore(
        settings(roots),
        event -> {
          if (event instanceof MediaFetched media) {
            fetched.add(media.reference().sizeBytes());
          }
        },
        clock,
        Long.MAX_VALUE);
  }

  private static ReferenceSettings settings(Path... roots) {
    return new ReferenceSettings(
        List.of(roots),
        ReferenceSettings.ObjectStore.NONE,
        Duration.ofSeconds(10),
        Duration.ofMinutes(2));
  }

  private static Media.Reference reference(URI uri) {
    return new Media.Reference(uri, MEDIA.length, sha256(MEDIA));
  }

  static String sha256(byte[] bytes) {
    return Sha256.hex(bytes);
  }
}
