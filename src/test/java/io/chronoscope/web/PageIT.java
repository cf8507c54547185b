package io.chronoscope.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.chronoscope.web.PageRecords.alert;
import static io.chronoscope.web.PageRecords.deadLetter;
import static io.chronoscope.web.PageRecords.event;
import static io.chronoscope.web.PageRecords.gap;
import static io.chronoscope.web.PageRecords.stream;
import static io.chronoscope.web.PageRecords.summary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import io.chronoscope.web.Browser.Screen;
import io.chronoscope.web.Browser.Tab;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The page in a real browser, over a fake of the service. [PageDemoIT] runs it over the service
/// itself.
class PageIT {

  private static final List<String> WCAG =
      List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice");
  private static final long BUDGET_BYTES = 500_000;

  private static Browser browser;

  private final FakeService.Store store = new FakeService.Store();
  private FakeService service;

  @BeforeAll
  static void startBrowser() {
    browser = Browser.start();
  }

  @AfterAll
  static void stopBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void startService() {
    service = FakeService.start(store, 0);
  }

  @AfterEach
  void stopService() {
    service.close();
  }

  @Test
  void eventsOpenGrowCloseAndVanishAsRecordsArrive() {
    store.stream(stream("yard", "live", 60));
    store.publish(event("yard", "evt-1", 10, 20, "A red circle stops."));
    try (Tab tab = desk()) {
      Page page = tab.page();
      assertThat(bar(page, "evt-1")).isVisible();

      store.publish(event("yard", "evt-2", 30, 34, "A blue cross moves.").put("status", "open"));
      assertThat(bar(page, "evt-2")).hasClass(Pattern.compile("bar-open"));
      double before = bar(page, "evt-2").boundingBox().width;

      store.publish(
          event("yard", "evt-2", 30, 40, "A blue cross moves.")
              .put("status", "update")
              .put("revision", 2));
      page.waitForCondition(() -> bar(page, "evt-2").boundingBox().width > before * 1.8);

      store.publish(event("yard", "evt-2", 30, 42, "A blue cross moves up.").put("revision", 3));
      assertThat(bar(page, "evt-2")).not().hasClass(Pattern.compile("bar-open"));
      assertThat(bar(page, "evt-2")).containsText("A blue cross moves up.");

      store.publish(
          event("yard", "evt-1", 10, 20, "A red circle stops.")
              .put("status", "withdrawn")
              .put("revision", 2));
      assertThat(bar(page, "evt-1")).hasCount(0);
      // An older revision that arrives late changes nothing.
      store.publish(event("yard", "evt-1", 10, 20, "A red circle stops."));
      store.publish(event("yard", "evt-3", 50, 55, "A red circle starts."));
      assertThat(bar(page, "evt-3")).isVisible();
      assertThat(bar(page, "evt-1")).hasCount(0);
      assertNoComplaints(tab);
    }
  }

  @Test
  void showsStatesGapsConfidenceSummariesAlertsAndRejectedChunks() {
    store.stream(stream("yard", "live", 60));
    store.stream(stream("gate", "lagging", 60).put("refused", 1));
    store.stream(stream("dock", "degraded", 60));
    store.stream(stream("hall", "idle", 60));
    store.stream(stream("roof", "ended", 60));
    var circle = event("yard", "evt-1", 10, 20, "A red circle stops.");
    store.publish(circle);
    store.publish(alert(circle, "stops", 0.75));
    store.publish(gap("gate", 20, 40, "not_looked"));
    store.publish(summary("yard", "window", 8, 16, "A red circle stops."));
    store.publish(summary("yard", "minute", 0, 60, "Little happens."));
    store.deadLetter(deadLetter("gate", 7, "not_media", "it starts with 3c 68"));
    try (Tab tab = desk()) {
      Page page = tab.page();
      for (String state : List.of("Live", "Lagging", "Degraded", "Idle", "Ended")) {
        assertThat(page.locator(".lane-state", having(state))).hasCount(1);
      }
      assertThat(page.locator(".lane-refused")).hasText("1 rejected");
      assertThat(page.locator(".vis-item.gap-not_looked").first()).isVisible();
      assertThat(bar(page, "evt-1")).hasClass(Pattern.compile("bar-alerted"));
      Object confidence =
          bar(page, "evt-1").evaluate("bar => bar.style.getPropertyValue('--confidence')");
      assertThat(String.valueOf(confidence).strip()).isEqualTo("75%");

      tab(page, "Alerts");
      assertThat(page.locator(".row")).containsText("rule stops");
      assertThat(page.locator(".row .confidence")).hasText("75 %");

      tab(page, "Summaries");
      assertThat(page.locator(".row")).containsText("A red circle stops.");
      page.getByRole(AriaRole.BUTTON, named("Minute")).click();
      assertThat(page.locator(".row")).containsText("Little happens.");

      tab(page, "Rejected");
      assertThat(page.locator(".row")).containsText("it starts with 3c 68");

      page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Lagging 1")).click();
      assertThat(page.locator(".lane-name")).hasCount(1);
      assertThat(page.locator(".lane-name")).hasText("gate");
      assertNoComplaints(tab);
    }
  }

  @Test
  void textOfOthersIsOnlyText() {
    String hostile = "<img src=x onerror=alert(1)><script>alert(2)</script> \u202Eevil\u0007";
    store.stream(stream(hostile, "live", 60));
    var event = event(hostile, "evt-1", 10, 40, hostile);
    store.publish(event);
    store.publish(alert(event, hostile, 0.9));
    store.publish(summary(hostile, "window", 0, 60, hostile));
    store.publish(gap(hostile, 45, 50, "missing"));
    store.deadLetter(deadLetter(hostile, 1, "not_media", hostile));
    try (Tab tab = desk()) {
      Page page = tab.page();
      assertThat(bar(page, "evt-1")).containsText("<script>alert(2)</script>");
      for (String name : List.of("Alerts", "Summaries", "Rejected", "Events")) {
        tab(page, name);
        assertThat(page.locator(".row").first()).containsText("<script>alert(2)</script>");
      }
      search(page, "<script>");
      page.locator(".row").first().click();
      assertThat(page.locator(".caption h2")).containsText("<script>alert(2)</script>");

      assertThat((Integer) page.evaluate("document.querySelectorAll('script').length"))
          .isEqualTo(1);
      assertThat(page.locator("img[src=x]")).hasCount(0);
      assertNoComplaints(tab);
    }
  }

  @Test
  void losesNothingWhileTheServiceRestarts() {
    store.stream(stream("yard", "live", 60));
    store.publish(event("yard", "evt-1", 5, 8, "Before."));
    try (Tab tab = desk()) {
      Page page = tab.page();
      assertThat(bar(page, "evt-1")).isVisible();
      int port = service.port();

      service.close();
      assertThat(page.locator(".connection")).containsText("Connection lost");
      store.publish(event("yard", "evt-2", 20, 25, "While it was away."));
      store.publish(event("yard", "evt-1", 5, 12, "Before, revised.").put("revision", 2));
      service = FakeService.start(store, port);

      assertThat(page.locator(".connection")).containsText("Connected");
      assertThat(bar(page, "evt-2")).isVisible();
      assertThat(bar(page, "evt-1")).containsText("Before, revised.");
    }
  }

  @Test
  void worksWithTheKeyboardAlone() {
    store.stream(stream("dock", "live", 60));
    store.stream(stream("yard", "live", 60));
    store.publish(event("yard", "evt-1", 10, 14, "A red circle stops."));
    store.publish(event("yard", "evt-2", 20, 24, "A blue cross moves."));
    try (Tab tab = desk()) {
      Page page = tab.page();
      assertThat(bar(page, "evt-1")).isVisible();

      focusByTab(page, ".timeline");
      page.keyboard().press("ArrowDown");
      page.keyboard().press("ArrowDown");
      assertThat(page.locator(".vis-label.lane-selected .lane-name")).hasText("yard");
      page.keyboard().press("ArrowRight");
      assertThat(bar(page, "evt-1")).hasClass(Pattern.compile("bar-selected"));
      page.keyboard().press("ArrowRight");
      assertThat(bar(page, "evt-2")).hasClass(Pattern.compile("bar-selected"));
      assertThat(page.locator("[aria-live=polite]")).containsText("A blue cross moves.");
      double width = bar(page, "evt-2").boundingBox().width;
      page.keyboard().press("+");
      page.waitForCondition(() -> bar(page, "evt-2").boundingBox().width > width * 1.5);
      page.keyboard().press("Enter");
      assertThat(page.locator(".caption h2")).hasText("A blue cross moves.");

      focusByTab(page, "[role=tab]");
      page.keyboard().press("ArrowRight");
      assertThat(page.locator("[role=tab][aria-selected=true]")).hasText("Alerts");
      page.keyboard().press("End");
      assertThat(page.locator("[role=tab][aria-selected=true]")).hasText("Rejected");
      page.keyboard().press("Home");
      focusByTab(page, "button.row");
      page.keyboard().press("Enter");
      assertThat(page.locator("button.row").first()).hasAttribute("aria-current", "true");
      assertNoComplaints(tab);
    }
  }

  @Test
  void asksForATokenWhereOneIsNeeded() {
    store.requireToken("let-me-in");
    store.stream(stream("yard", "live", 60));
    store.publish(event("yard", "evt-1", 10, 20, "A red circle stops."));
    try (Tab tab = desk()) {
      Page page = tab.page();
      page.getByLabel("Access token").fill("wrong");
      page.keyboard().press("Enter");
      assertThat(page.getByRole(AriaRole.ALERT)).hasText("The token is not known");
      assertThat(violations(page, "Sign in")).isEmpty();
      page.getByLabel("Access token").fill("let-me-in");
      page.keyboard().press("Enter");
      assertThat(bar(page, "evt-1")).isVisible();
      assertNoComplaints(tab);
    }
  }

  @Test
  void drawsTheBoxesOfARecordOverThePicture() {
    store.stream(stream("film", "ended", 29));
    var event = event("film", "evt-1", 9, 13, "A green cross moves right.");
    event
        .putArray("boxes")
        .addObject()
        .put("time", event.get("start").textValue())
        .put("offsetMs", 9000)
        .put("xPx", 106)
        .put("yPx", 120)
        .put("widthPx", 107)
        .put("heightPx", 60);
    store.publish(event);
    try (Tab tab = desk()) {
      Page page = tab.page();
      bar(page, "evt-1").click();
      assertThat(page.locator(".boxes rect")).isVisible();

      var box = page.locator(".boxes rect").boundingBox();
      List<?> picture =
          (List<?>)
              page.evaluate(
                  """
                  () => {
                    const video = document.querySelector('video');
                    const frame = video.getBoundingClientRect();
                    const scale = Math.min(
                      frame.width / video.videoWidth, frame.height / video.videoHeight);
                    const width = video.videoWidth * scale;
                    const height = video.videoHeight * scale;
                    return [
                      frame.x + (frame.width - width) / 2, frame.y + (frame.height - height) / 2,
                      width, height,
                    ].map(Math.round);
                  }
                  """);
      int width = (Integer) picture.get(2);
      int height = (Integer) picture.get(3);
      assertThat(box.x).isCloseTo((Integer) picture.get(0) + 0.25 * width, within(3.0));
      assertThat(box.y).isCloseTo((Integer) picture.get(1) + 0.5 * height, within(3.0));
      assertThat(box.width).isCloseTo(0.25 * width, within(4.0));
      assertThat(box.height).isCloseTo(0.25 * height, within(4.0));
      assertNoComplaints(tab);
    }
  }

  @ParameterizedTest
  @CsvSource({"DESK, LIGHT", "DESK, DARK", "PHONE, LIGHT", "PHONE, DARK"})
  void isAccessibleAndFitsItsScreen(Screen screen, ColorScheme scheme) {
    store.stream(stream("yard", "live", 60));
    store.stream(stream("gate", "lagging", 60).put("refused", 2));
    store.stream(stream("a stream whose name is far too long for its place", "ended", 50));
    for (int i = 0; i < 12; i++) {
      store.stream(stream("cam-" + i, "idle", 60));
      store.publish(event("cam-" + i, "cam-" + i, i, i + 20, "Something happens."));
    }
    var circle = event("yard", "evt-1", 10, 20, "A red circle stops.").put("confidence", 0.8);
    store.publish(circle);
    store.publish(alert(circle, "stops", 0.75));
    store.publish(event("yard", "evt-2", 40, 44, "A blue cross moves.").put("status", "open"));
    store.publish(gap("gate", 20, 40, "missing"));
    store.publish(summary("yard", "window", 8, 16, "A red circle stops."));
    store.deadLetter(deadLetter("gate", 7, "not_media", "it starts with 3c 68"));
    try (Tab tab = browser.open(service.address(), screen, scheme)) {
      Page page = tab.page();
      assertThat(page.locator(".vis-item.bar").first()).isVisible();
      List<String> violations = new ArrayList<>();
      for (String name : List.of("Alerts", "Summaries", "Rules", "Ask", "Rejected", "Events")) {
        tab(page, name);
        violations.addAll(violations(page, name));
      }
      search(page, "circle");
      page.locator(".row").first().click();
      assertThat(page.locator(".caption h2")).isVisible();
      violations.addAll(violations(page, "Search"));

      assertThat(violations).isEmpty();
      int widest = (Integer) page.evaluate("document.documentElement.scrollWidth");
      assertThat(widest).as("no sideways scrolling").isLessThanOrEqualTo(screen.widthPx);
      assertNoComplaints(tab);
    }
  }

  private static List<String> violations(Page page, String where) {
    return new AxeBuilder(page)
        .withTags(WCAG).setLegacyMode(true).analyze().getViolations().stream()
            .map((Rule rule) -> where + ": " + rule.getId() + " " + rule.getNodes())
            .toList();
  }

  @Test
  void aMomentOpenedByItsAddressShowsItsEvent() {
    store.stream(stream("yard", "live", 3_600));
    store.publish(event("yard", "evt-1", 1_810, 1_820, "A red circle stops."));
    String moment = "#stream=yard&at=" + PageRecords.time(1_812);
    try (Tab tab = browser.open(service.address() + moment, Screen.DESK, ColorScheme.LIGHT)) {
      Page page = tab.page();
      assertThat(page.locator(".caption h2")).hasText("A red circle stops.");
      assertThat(page.locator(".caption .clock")).containsText("12:30:12");
      // A minute around it, in which the event has a bar of its own.
      assertThat(page.locator(".window-length")).containsText("1 min");
      assertThat(bar(page, "evt-1")).isVisible();
      assertNoComplaints(tab);
    }
  }

  @Test
  void theModelChecksHitsOnRequest() {
    store.stream(stream("yard", "live", 60));
    store.publish(event("yard", "evt-1", 10, 20, "A red circle stops."));
    try (Tab tab = desk()) {
      Page page = tab.page();
      search(page, "circle");
      Locator hit = page.locator(".row-hit").first();
      assertThat(hit).not().containsText("checked by the model");
      page.getByRole(AriaRole.BUTTON, named("Check in the video")).click();

      assertThat(hit).containsText("checked by the model");
      assertThat(hit).containsText("± 0.04 s");
      assertThat(hit).containsText("93");
      assertThat(page.getByRole(AriaRole.BUTTON, named("Check in the video"))).hasCount(0);
      assertNoComplaints(tab);
    }
  }

  @Test
  void searchesForWhatAPictureShows() throws IOException {
    store.stream(stream("yard", "live", 60));
    store.publish(event("yard", "evt-1", 10, 20, "A red circle stops."));
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", png);
    try (Tab tab = desk()) {
      Page page = tab.page();
      Locator input = page.getByLabel("By picture");
      input.setInputFiles(new FilePayload("seen.png", "image/png", png.toByteArray()));

      assertThat(page.locator(".row-hit")).hasCount(1);
      assertThat(page.locator(".list-head")).containsText("Results for circle");
      assertNoComplaints(tab);

      input.setInputFiles(new FilePayload("lie.png", "image/png", new byte[] {1, 2, 3}));
      assertThat(page.locator(".problem")).containsText("The body is no picture");
      assertThat(page.locator(".row-hit")).hasCount(0);
    }
  }

  @Test
  void isSmallAndAsksNoOtherHost() {
    store.stream(stream("yard", "live", 60));
    store.publish(event("yard", "evt-1", 10, 20, "A red circle stops."));
    try (Tab tab = desk()) {
      Page page = tab.page();
      assertThat(bar(page, "evt-1")).isVisible();
      // The first video loads the rest of the code.
      bar(page, "evt-1").click();
      assertThat(page.locator(".screen-text")).isVisible();

      Number transferred =
          (Number)
              page.evaluate(
                  """
                  performance.getEntriesByType('resource')
                    .concat(performance.getEntriesByType('navigation'))
                    .filter(one => !one.name.includes('/api/'))
                    .reduce((sum, one) => sum + one.transferSize, 0)
                  """);
      assertThat(transferred.longValue()).isBetween(50_000L, BUDGET_BYTES);
      System.out.println(
          "bytes: %d, first content after ms: %s"
              .formatted(
                  transferred.longValue(),
                  page.evaluate(
                      "performance.getEntriesByName('first-contentful-paint')[0]?.startTime")));
      assertThat(tab.requests()).isNotEmpty().allMatch(url -> url.startsWith(service.address()));
      assertNoComplaints(tab);
    }
  }

  /// Speed is bounded in what the page does at once, not by a stopwatch: how many bars there are,
  /// and how many of them appear between two frames. What long tasks there were is printed.
  @Test
  void drawsTwoHundredStreamsWithTwentyThousandEvents() {
    int streams = 200;
    int each = 100;
    for (int s = 0; s < streams; s++) {
      store.stream(stream("cam-" + s, "live", 36 * each));
      for (int e = 0; e < each; e++) {
        double from = 36 * e + (s * 7 + e * 13) % 20;
        store.publish(
            event("cam-" + s, "evt-" + s + "-" + e, from, from + 12, "Something happens."));
      }
    }
    try (Tab tab = desk()) {
      Page page = tab.page();
      page.evaluate(WATCH_TASKS_AND_BARS);
      assertThat(page.locator(".filters-title")).hasText("200 streams");
      page.getByRole(AriaRole.BUTTON, named("All")).click();
      assertThat(page.locator(".list-count"))
          .hasText("20,000 in view", new HasTextOptions().setTimeout(PATIENCE_MS));
      assertThat(page.locator(".lane-label").first()).isVisible();
      assertThat(page.locator(".vis-item.bar-dense").first()).isVisible();

      // Only what is in sight is drawn, and what is too narrow is drawn together.
      assertThat((Integer) page.evaluate("document.querySelectorAll('.vis-item').length"))
          .isBetween(100, 2_000);

      // The last stream is found, an event that arrives on it is drawn, and a click selects it.
      page.getByPlaceholder("Filter streams").fill("cam-199");
      assertThat(page.locator(".lane-name"))
          .hasCount(1, new HasCountOptions().setTimeout(PATIENCE_MS));
      store.publish(event("cam-199", "evt-new", 3_000, 3_400, "It arrives late."));
      assertThat(bar(page, "evt-new")).isVisible();
      bar(page, "evt-new").click();
      assertThat(page.locator(".caption h2")).hasText("It arrives late.");
      page.getByPlaceholder("Filter streams").fill("");
      assertThat(page.locator(".lane-label"))
          .hasCount(streams, new HasCountOptions().setTimeout(PATIENCE_MS));
      assertThat((Integer) page.evaluate("window.mostBarsAtOnce")).isBetween(1, 200);
      System.out.println("long tasks, ms: " + page.evaluate("window.longTasks"));
      assertNoComplaints(tab);
    }
  }

  private static final double PATIENCE_MS = 90_000;

  private static final String WATCH_TASKS_AND_BARS =
      """
      () => {
        window.longTasks = [];
        new PerformanceObserver(list =>
          window.longTasks.push(...list.getEntries().map(task => Math.round(task.duration)))
        ).observe({ entryTypes: ['longtask'] });
        window.mostBarsAtOnce = 0;
        let before = 0;
        const count = () => {
          const now = document.querySelectorAll('.vis-item.bar').length;
          window.mostBarsAtOnce = Math.max(window.mostBarsAtOnce, now - before);
          before = now;
          requestAnimationFrame(count);
        };
        count();
        window.mostBarsAtOnce = 0;
      }
      """;

  private Tab desk() {
    return browser.open(service.address(), Screen.DESK, ColorScheme.LIGHT);
  }

  private static Locator bar(Page page, String id) {
    return page.locator(".vis-item.bar[data-id=\"" + id + "\"]");
  }

  private static void tab(Page page, String name) {
    page.getByRole(AriaRole.TAB, named(name)).click();
  }

  private static void search(Page page, String words) {
    page.getByRole(AriaRole.SEARCHBOX, named("Search events and summaries")).fill(words);
    page.keyboard().press("Enter");
    assertThat(page.locator(".row-hit").first()).isVisible();
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  private static Page.LocatorOptions having(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }

  /// Presses Tab until an element that matches has the focus.
  private static void focusByTab(Page page, String selector) {
    for (int i = 0; i < 60; i++) {
      page.keyboard().press("Tab");
      Object reached =
          page.evaluate("selector => document.activeElement.matches(selector)", selector);
      if (Boolean.TRUE.equals(reached)) {
        return;
      }
    }
    throw new AssertionError("Tab never reaches " + selector);
  }

  private static void assertNoComplaints(Tab tab) {
    assertThat(tab.complaints()).isEmpty();
  }
}
