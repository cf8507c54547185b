package io.chronoscope.web;

import static org.junit.jupiter.api.Assumptions.abort;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The machine's Chromium, steered by Playwright.
///
/// `CHRONOSCOPE_BROWSER` names it; otherwise the first of `chromium`, `chromium-browser` and
/// `google-chrome` on the `PATH`. Without a browser the tests fail; `-Dbrowser=none` leaves them
/// out.
final class Browser implements AutoCloseable {

  private static final double TIMEOUT_MS = 20_000;

  /// The two widths for which the page is made.
  enum Screen {
    DESK(1440, 900),
    PHONE(390, 844);

    final int widthPx;
    final int heightPx;

    Screen(int widthPx, int heightPx) {
      this.widthPx = widthPx;
      this.heightPx = heightPx;
    }
  }

  /// A page, and what went wrong in it or left for other hosts.
  record Tab(BrowserContext context, Page page, List<String> complaints, List<String> requests)
      implements AutoCloseable {

    @Override
    public void close() {
      context.close();
    }
  }

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;

  private Browser(Playwright playwright, com.microsoft.playwright.Browser chromium) {
    this.playwright = playwright;
    this.chromium = chromium;
  }

  static Browser start() {
    if (System.getProperty("browser", "").equals("none")) {
      abort("-Dbrowser=none: the page is not tested");
    }
    Path executable = find();
    PlaywrightAssertions.setDefaultAssertionTimeout(TIMEOUT_MS);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Browser(
        playwright,
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable)
                    // Chromium refuses its sandbox to root; the page under test is our own.
                    .setChromiumSandbox(false)
                    .setArgs(List.of("--autoplay-policy=no-user-gesture-required"))));
  }

  private static Path find() {
    String named = System.getenv("CHRONOSCOPE_BROWSER");
    return Stream.concat(
            Stream.ofNullable(named).map(Path::of),
            Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
                .flatMap(Browser::onThePath))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() ->
            new AssertionError(
                "The page is tested in a real browser, but there is none: install chromium,"
                    + " or set CHRONOSCOPE_BROWSER. -Dbrowser=none leaves these tests out."));
  }

  private static Stream<Path> onThePath(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, name));
  }

  /// A fresh profile with a page at `address`. Times are shown in UTC.
  Tab open(String address, Screen screen, ColorScheme scheme) {
    BrowserContext context =
        chromium.newContext(
            new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(screen.widthPx, screen.heightPx)
                .setHasTouch(screen == Screen.PHONE)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setTimezoneId("UTC")
                .setLocale("en-GB"));
    context.setDefaultTimeout(TIMEOUT_MS);
    Page page = context.newPage();
    Tab tab = new Tab(context, page, new ArrayList<>(), new ArrayList<>());
    page.onPageError(error -> tab.complaints().add(error));
    page.onConsoleMessage(message -> {
      // Requests that fail are the tests' own doing; the page says so in words.
      if (message.type().equals("error") && !message.text().contains("Failed to load")) {
        tab.complaints().add(message.text());
      }
    });
    page.onDialog(dialog -> {
      tab.complaints().add("dialog: " + dialog.message());
      dialog.dismiss();
    });
    page.onRequest(request -> tab.requests().add(request.url()));
    page.navigate(address);
    return tab;
  }

  @Override
  public void close() {
    chromium.close();
    playwright.close();
  }
}
