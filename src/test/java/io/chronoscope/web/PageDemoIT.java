package io.chronoscope.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.chronoscope.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsVisibleOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.chronoscope.broker.FreePorts;
import io.chronoscope.cli.run.FileFeed;
import io.chronoscope.cli.run.SegmentSender;
import io.chronoscope.client.ChunkPublisher;
import io.chronoscope.client.Topics;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.MediaSegment;
import io.chronoscope.testing.BrokerProcess;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.PackagedProgram;
import io.chronoscope.testing.ServiceProcess;
import io.chronoscope.web.Browser.Screen;
import io.chronoscope.web.Browser.Tab;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The page over the service itself, with the demo model: sample videos are sent as chunks, and
/// what the page shows of them is checked in a real browser. The tests build on each other's
/// streams.
///
/// `-Dwrite-pictures=true` writes the pictures of the documents.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageDemoIT {

  private static final Instant NOON = Instant.parse("2026-05-04T12:00:00Z");
  private static final Duration CHUNK = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final double PATIENCE_MS = PATIENCE.toMillis();
  private static final Logger CLIENTS = Logger.getLogger("org.apache.kafka");

  /// The pictures of the documents.
  private static final Path PICTURES = PackagedProgram.HOME.resolve("docs/images");

  @TempDir static Path directory;

  private Browser browser;
  private BrokerProcess broker;
  private ServiceProcess service;
  private ChunkPublisher publisher;
  private int port;
  private Http http;

  @BeforeAll
  void start() throws Exception {
    browser = Browser.start();
    CLIENTS.setLevel(Level.SEVERE);
    broker = new BrokerProcess(Files.createDirectory(directory.resolve("kafka")));
    Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    Topics.ensure(kafka, TopicNames.DEFAULT);
    publisher = new ChunkPublisher(kafka, TopicNames.DEFAULT.of(Topic.CHUNKS), URI.create("/test"));
    port = FreePorts.one();
    http = new Http(URI.create("http://localhost:" + port));
    startService();
  }

  private void startService() {
    service =
        ServiceProcess.start(
            new ServiceProcess.Setup(
                broker.bootstrapServers(),
                "chronoscope",
                TopicNames.DEFAULT,
                Map.of(
                    "CHRONOSCOPE_SEARCH_DIRECTORY", directory.resolve("search").toString(),
                    "CHRONOSCOPE_CACHE_DIR", directory.resolve("cache").toString())),
            directory.resolve("service.log"),
            port);
    until("the service to answer", PATIENCE, this::answers);
  }

  private boolean answers() {
    try {
      return http.get("/api/streams").statusCode() == 200;
    } catch (Exception e) {
      return false;
    }
  }

  @AfterAll
  void stop() throws Exception {
    if (publisher != null) {
      publisher.close();
    }
    if (service != null) {
      service.close();
    }
    if (broker != null) {
      broker.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  @Order(1)
  void barsAppearAndGrowWhileVideoArrives() throws Exception {
    try (Tab tab = open("")) {
      Page page = tab.page();
      assertThat(page.locator(".welcome")).isVisible();
      page.evaluate(WATCH_BARS);

      for (MediaSegment segment : segments("crossing")) {
        publish("crossing", segment);
        page.waitForTimeout(300);
      }
      publisher.end("crossing");

      assertThat(page.locator(".lane-name", having("crossing"))).isVisible(patiently());
      assertThat(page.locator(".lane-state", having("Ended"))).isVisible(patiently());
      Map<?, ?> seen = (Map<?, ?>) page.evaluate("window.seen");
      assertThat((Integer) seen.get("opened")).as("bars that were open").isPositive();
      assertThat((Integer) seen.get("grown")).as("bars that grew").isPositive();
      assertThat(page.locator(".vis-item.bar").count()).isGreaterThan(3);
      assertNoComplaints(tab);
    }
  }

  /// Counts bars that are drawn open, and those whose time span grows.
  private static final String WATCH_BARS =
      """
      () => {
        window.seen = { opened: 0, grown: 0 };
        const spans = new Map();
        const opened = new Set();
        const look = () => {
          const axis = document.querySelector('.window-length')?.textContent;
          for (const bar of document.querySelectorAll('.vis-item.bar-event')) {
            const id = bar.dataset.id;
            if (bar.classList.contains('bar-open')) opened.add(id);
            const width = bar.getBoundingClientRect().width;
            const before = spans.get(id);
            if (before && before.axis === axis && width > before.width * 1.1 + 2) window.seen.grown++;
            spans.set(id, { axis, width });
          }
          window.seen.opened = opened.size;
          requestAnimationFrame(look);
        };
        look();
      }
      """;

  /// The sample's H.264 is played as it is.
  @Test
  @Order(2)
  void searchFindsAndAClickPlaysTheRightSecond() throws Exception {
    try (Tab tab = open("")) {
      Page page = tab.page();
      page.getByRole(AriaRole.SEARCHBOX, named("Search events and summaries"))
          .fill("green cross moves right");
      page.keyboard().press("Enter");
      Locator hit = page.locator(".row-hit", having("green cross")).first();
      assertThat(hit).isVisible(patiently());
      hit.click();

      assertThat(page.locator(".caption h2")).containsText("green cross");
      awaitFrame(page);
      Instant at = Instant.parse(String.valueOf(page.evaluate(AT)));
      double expected = Duration.between(NOON, at).toMillis() / 1000.0;
      // Retained video begins with the stream.
      assertThat(currentTime(page)).isCloseTo(expected, within(0.1));
      assertThat(page.locator(".caption .clock")).containsText(at.toString().substring(11, 19));
      assertShowsTheFrameOf(page, "crossing", expected);
      assertThat(page.locator(".row-picture img").first()).isVisible();
      assertNoComplaints(tab);
    }
  }

  /// Browsers do not play the sample's MPEG-4: the service encodes the clip again.
  @Test
  @Order(3)
  void playsWhatTheBrowserCannotPlayConverted() throws Exception {
    for (MediaSegment segment : segments("yard")) {
      publish("yard", segment);
    }
    publisher.end("yard");
    until("yard to end", PATIENCE, () -> state("yard").equals("ended"));
    try (Tab tab = open("#stream=yard&at=2026-05-04T12:00:09.000Z")) {
      Page page = tab.page();
      assertThat(page.locator(".facts", having("converted for the browser")))
          .isVisible(patiently());
      awaitFrame(page);
      assertThat(page.locator(".caption .clock")).containsText("12:00:09.0");
      assertThat(page.locator(".caption h2")).hasText("A blue triangle moves down.");
      assertShowsTheFrameOf(page, "yard", 9);
    }
  }

  private static void awaitFrame(Page page) {
    await(
        page,
        "the video to show a frame",
        () ->
            Boolean.TRUE.equals(
                page.evaluate(
                    "(v => v.readyState >= 2 && !v.seeking)(document.querySelector('video'))")));
  }

  private static double currentTime(Page page) {
    return ((Number) page.evaluate("document.querySelector('video').currentTime")).doubleValue();
  }

  private static final String AT = "new URLSearchParams(location.hash.slice(1)).get('at')";

  /// Compares a pixel of what the video element shows with the same frame from the file: the one by
  /// which that frame differs most from what is shown two seconds later.
  private static void assertShowsTheFrameOf(Page page, String sample, double seconds)
      throws Exception {
    int[][] expected = redOf(sample, seconds);
    int[][] later = redOf(sample, seconds + 2);
    int bestX = 0;
    int bestY = 0;
    for (int y = 0; y < expected.length; y++) {
      for (int x = 0; x < expected[y].length; x++) {
        if (difference(expected, later, x, y) > difference(expected, later, bestX, bestY)) {
          bestX = x;
          bestY = y;
        }
      }
    }
    int red =
        (Integer)
            page.evaluate(
                """
                ([x, y]) => {
                  const video = document.querySelector('video');
                  const canvas = document.createElement('canvas');
                  canvas.width = video.videoWidth;
                  canvas.height = video.videoHeight;
                  const context = canvas.getContext('2d');
                  context.drawImage(video, 0, 0);
                  return context.getImageData(x, y, 1, 1).data[0];
                }
                """,
                List.of(bestX, bestY));
    assertThat(difference(expected, later, bestX, bestY)).as("the scene moves").isGreaterThan(60);
    assertThat(red).as("red at %d, %d", bestX, bestY).isCloseTo(expected[bestY][bestX], within(30));
  }

  private static int difference(int[][] one, int[][] other, int x, int y) {
    return Math.abs(one[y][x] - other[y][x]);
  }

  /// The red channel of the frame that a sample shows at a time.
  private static int[][] redOf(String sample, double seconds) throws Exception {
    long micros = Math.round(seconds * 1e6);
    for (MediaSegment segment : segments(sample)) {
      long from = segment.start().toNanos() / 1000;
      if (micros >= from && micros < from + segment.duration().toNanos() / 1000) {
        Frames frames = Frames.all();
        new FfmpegDecoder().decode(segment.media().duplicate(), DecodeLimits.DEFAULTS, frames);
        return frames.shown.stream()
            .filter(frame -> frame.from() <= micros - from)
            .toList()
            .getLast()
            .brightness();
      }
    }
    throw new AssertionError("%s has no frame at %.3f s".formatted(sample, seconds));
  }

  @Test
  @Order(4)
  void aRuleWrittenOnThePageIsTriedAndAlerts() throws Exception {
    try (Tab tab = open("")) {
      Page page = tab.page();
      page.getByRole(AriaRole.TAB, named("Rules")).click();
      page.locator("[name=text]").fill("something appears");
      page.locator("[name=streams]").fill("*");
      page.locator("[name=threshold]").fill("0");
      page.getByRole(AriaRole.BUTTON, named("Backtest")).click();
      assertThat(page.locator(".backtest"))
          .containsText("Would have raised", new ContainsTextOptions().setTimeout(PATIENCE_MS));

      page.getByRole(AriaRole.BUTTON, named("Put into force")).click();
      assertThat(page.locator(".row-rule", having("something appears"))).isVisible(patiently());

      for (MediaSegment segment : segments("dock")) {
        publish("dock", segment);
      }
      publisher.end("dock");
      page.getByRole(AriaRole.TAB, named("Alerts")).click();
      assertThat(page.locator(".row-alert", having("rule something-appears")).first())
          .isVisible(patiently());
      assertThat(page.locator(".vis-item.bar-alerted").first()).isVisible(patiently());
      assertNoComplaints(tab);
    }
  }

  @Test
  @Order(5)
  void aQuestionIsAnswered() {
    try (Tab tab = open("")) {
      Page page = tab.page();
      page.getByRole(AriaRole.TAB, named("Ask")).click();
      page.locator("select[name=stream]").selectOption("yard");
      page.locator("[name=question]").fill("a blue triangle moves down");
      page.getByRole(AriaRole.BUTTON, named("Ask")).click();
      assertThat(page.locator(".answer"))
          .containsText("happens here", new ContainsTextOptions().setTimeout(PATIENCE_MS));
      assertThat(page.locator(".answer .row").first()).isVisible();
      assertNoComplaints(tab);
    }
  }

  @Test
  @Order(6)
  void losesNothingWhenTheServiceIsKilledAndStartedAgain() throws Exception {
    try (Tab tab = open("")) {
      Page page = tab.page();
      assertThat(page.locator(".lane-name", having("crossing"))).isVisible(patiently());

      service.kill();
      assertThat(page.locator(".connection")).containsText("Connection lost");
      for (MediaSegment segment : segments("gate")) {
        publish("gate", segment);
      }
      publisher.end("gate");
      startService();

      assertThat(page.locator(".connection"))
          .containsText("Connected", new ContainsTextOptions().setTimeout(PATIENCE_MS));
      assertThat(page.locator(".lane-name", having("gate"))).isVisible(patiently());
      await(page, "gate to end", () -> state("gate").equals("ended"));
      page.getByRole(AriaRole.BUTTON, named("All")).click();
      // Every event and gap of the index is in the list of the page, which was never loaded again.
      int known = count("event") + count("gap") + count("unanswered");
      assertThat(known).isGreaterThan(10);
      assertThat(page.locator(".list-count"))
          .containsText(known + " in view", new ContainsTextOptions().setTimeout(PATIENCE_MS));
    }
  }

  private String state(String stream) {
    try {
      return http.json("/api/streams/" + stream).get("state").asText();
    } catch (Exception e) {
      return "";
    }
  }

  private int count(String type) throws Exception {
    return http.json("/api/results?limit=1000&type=" + type).get("items").size();
  }

  @Test
  @Order(7)
  @EnabledIfSystemProperty(named = "write-pictures", matches = "true")
  void writesThePicturesOfTheDocuments() throws Exception {
    Files.createDirectories(PICTURES);
    try (Tab tab = open("")) {
      Page page = tab.page();
      assertThat(page.locator(".vis-item.bar").first()).isVisible(patiently());
      page.getByRole(AriaRole.BUTTON, named("All")).click();
      page.getByRole(AriaRole.SEARCHBOX, named("Search events and summaries"))
          .fill("green cross moves right");
      page.keyboard().press("Enter");
      page.locator(".row-hit", having("green cross")).first().click();
      awaitFrame(page);
      page.evaluate("document.activeElement.blur()");
      page.setViewportSize(1280, 720);
      page.waitForTimeout(2_000);
      page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("page.png")));
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      page.setViewportSize(Screen.PHONE.widthPx, Screen.PHONE.heightPx);
      page.waitForTimeout(2_000);
      page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve("page-phone.png")));
    }
  }

  private Tab open(String fragment) {
    return browser.open(
        "http://localhost:" + port + "/" + fragment, Screen.DESK, ColorScheme.LIGHT);
  }

  private static List<MediaSegment> segments(String sample) {
    return FileFeed.cut(PackagedProgram.HOME.resolve("video-samples/" + sample + ".mp4"), CHUNK);
  }

  private void publish(String stream, MediaSegment segment) {
    new SegmentSender(publisher).send(stream, segment.index(), NOON.plus(segment.start()), segment);
  }

  private static void await(Page page, String what, BooleanSupplier condition) {
    try {
      page.waitForCondition(condition, new Page.WaitForConditionOptions().setTimeout(PATIENCE_MS));
    } catch (RuntimeException e) {
      throw new AssertionError("waited for " + what, e);
    }
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  private static Page.LocatorOptions having(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }

  private static IsVisibleOptions patiently() {
    return new IsVisibleOptions().setTimeout(PATIENCE_MS);
  }

  private static void assertNoComplaints(Tab tab) {
    assertThat(tab.complaints()).isEmpty();
  }
}
