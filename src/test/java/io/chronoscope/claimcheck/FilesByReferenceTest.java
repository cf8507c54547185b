package io.chronoscope.claimcheck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chronoscope.analysis.AnalysisEvent.MediaFetched;
import io.chronoscope.analysis.AnalysisListener;
import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.testing.FakePacing;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesByReferenceTest {

  private static final byte[] MEDIA = "a segment".getBytes(UTF_8);

  private final FakePacing pacing = new FakePacing();
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
  void followsLinksThatStayUnderTheRoots() throws Exception {
    Path linked = Files.createSymbolicLink(folder.resolve("linked-root"), root);
    Files.createSymbolicLink(root.resolve("link.mp4"), root.resolve("cam/1.mp4"));

    assertThat(store(linked).fetch(reference(linked.resolve("link.mp4").toUri())))
        .isEqualTo(ByteBuffer.wrap(MEDIA));
  }

  @Test
  void refusesALinkThatLeavesTheRoot() throws Exception {
    Files.createSymbolicLink(root.resolve("out"), folder.resolve("secret"));
    Files.createSymbolicLink(root.resolve("up"), folder);

    for (String name : List.of("out", "up/secret")) {
      assertThat(refusal(root.resolve(name).toUri().toString()))
          .isEqualTo(Reason.REFERENCE_FORBIDDEN);
    }
  }

  @Test
  void refusesEverythingThatIsNoFileUnderTheRoot() throws Exception {
    String base = root.toUri().getRawPath().replaceAll("/$", "");
    for (String uri :
        List.of(
            folder.resolve("secret").toUri().toString(),
            // Not whether it is there, either.
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
      assertThat(refusal(uri)).as(uri).isEqualTo(Reason.REFERENCE_FORBIDDEN);
    }
    assertThat(pacing.pauses).isEmpty();
  }

  @Test
  void refusesAPipeWithoutWaitingForIt() throws Exception {
    Path pipe = root.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assumeTrue(made.waitFor() == 0, "no pipes here");

    assertThat(refusal(pipe.toUri().toString())).isEqualTo(Reason.REFERENCE_FORBIDDEN);
  }

  @Test
  void namesTheRuleButNotTheRoots() {
    UnreadableMediaException refused =
        catchThrowableOfType(
            UnreadableMediaException.class,
            () -> store(root).fetch(reference(URI.create("file:///etc/passwd"))));

    assertThat(refused.rejection().detail())
        .contains("file:///etc/passwd", "chronoscope.references.roots")
        .doesNotContain(root.toString());
  }

  @Test
  void saysWhatIsNotThere() {
    for (String name : List.of("cam/2.mp4", "nobody/1.mp4", "cam/1.mp4/2")) {
      assertThat(refusal(root.resolve(name).toUri().toString()))
          .as(name)
          .isEqualTo(Reason.REFERENCE_MISSING);
    }
  }

  @Test
  void refusesOtherBytesThanStated() throws Exception {
    URI uri = root.resolve("cam/1.mp4").toUri();
    String right = sha256(MEDIA);
    for (Media.Reference other :
        List.of(
            new Media.Reference(uri, MEDIA.length + 1, right),
            new Media.Reference(uri, MEDIA.length - 1, right),
            new Media.Reference(uri, MEDIA.length, sha256(new byte[1])))) {
      assertThat(refusal(other)).isEqualTo(Reason.REFERENCE_MISMATCH);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost/x", "https://localhost/x", "ftp://localhost/x", "data:,x",
        "classpath:/application.properties", "jar:file:/x.jar!/y", "urn:x:y", "S4://bucket/key",
        "gopher://x/y", "file+x:///y"
      })
  void fetchesNothingElse(String uri) {
    assertThat(refusal(uri)).isEqualTo(Reason.REFERENCE_FORBIDDEN);
  }

  @Test
  void fetchesNoFilesWithoutARoot() {
    UnreadableMediaException refused =
        catchThrowableOfType(
            UnreadableMediaException.class,
            () -> store().fetch(reference(root.resolve("cam/1.mp4").toUri())));
    assertThat(refused.rejection().reason()).isEqualTo(Reason.REFERENCE_FORBIDDEN);
  }

  @Test
  void waitsForARootThatIsNotMountedYet() throws Exception {
    Path later = folder.resolve("later");
    pacing.inPause =
        () -> {
          if (pacing.pauses.size() == 3) {
            try {
              Files.move(root, later);
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }
        };

    assertThat(store(later).fetch(reference(later.resolve("cam/1.mp4").toUri())))
        .isEqualTo(ByteBuffer.wrap(MEDIA));
    assertThat(pacing.pauses).hasSize(3);
  }

  @Test
  void stopsWhenTheStreamGoesElsewhere() {
    Path never = folder.resolve("never");
    pacing.inPause = Thread.currentThread()::interrupt;
    try {
      assertThatThrownBy(() -> store(never).fetch(reference(never.resolve("x").toUri())))
          .isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void writesWhatItReads() throws Exception {
    ReferenceSettings settings = settings(root);
    try (MediaUploader depot = MediaUploader.open("file", settings);
        ReferenceStore store = new ReferenceStore(settings, AnalysisListener.SILENT)) {
      for (String stream : List.of("cam", "../a/b ü", "..", ".")) {
        Media.Reference put = depot.put(stream, 3, "video/mp4", MEDIA);
        assertThat(store.fetch(put)).isEqualTo(ByteBuffer.wrap(MEDIA));
        assertThat(depot.put(stream, 3, "video/mp4", MEDIA)).isEqualTo(put);
      }
    }
  }

  private Reason refusal(String uri) {
    return refusal(reference(URI.create(uri)));
  }

  private Reason refusal(Media.Reference reference) {
    UnreadableMediaException refused =
        catchThrowableOfType(UnreadableMediaException.class, () -> store(root).fetch(reference));
    assertThat(refused).as("%s was fetched", reference.uri()).isNotNull();
    return refused.rejection().reason();
  }

  private ReferenceStore store(Path... roots) {
    return new ReferenceStore(
        settings(roots),
        event -> {
          if (event instanceof MediaFetched media) {
            fetched.add(media.reference().sizeBytes());
          }
        },
        pacing);
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
    return HexFormat.of().formatHex(VerifiedRead.sha256().digest(bytes));
  }
}
