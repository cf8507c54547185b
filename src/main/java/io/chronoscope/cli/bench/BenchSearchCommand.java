package io.chronoscope.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.FileTree;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.search.ResultFilter;
import io.chronoscope.search.SearchOutcome;
import io.chronoscope.search.SearchRequest;
import io.chronoscope.search.TextEmbedder;
import io.chronoscope.search.lucene.IndexFiles;
import io.chronoscope.search.lucene.LuceneIndex;
import io.chronoscope.search.sentence.SentenceEncoder;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures the search index: how fast it is built, how large it is, and how long searches take at
/// a steady rate.
@Command(
    name = "search",
    description = {
      "Measures the search index: building it, its size, and the time of searches that arrive at a"
          + " steady rate. A search that has to wait for the ones before it counts from its arrival."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class BenchSearchCommand implements Callable<Integer> {

  private static final int BATCH = 2_000;
  private static final int REPORT_EVERY = 20_000;
  private static final int WARM_UP = 300;
  private static final int HITS = 10;

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Events in the index (default: ${DEFAULT-VALUE}).")
  int events = 100_000;

  @Option(
      names = "--descriptions",
      paramLabel = "N",
      defaultValue = "1000000",
      description =
          "Descriptions from which they are drawn by Zipf's law, so that most events repeat one"
              + " (default: ${DEFAULT-VALUE}).")
  int descriptions = 1_000_000;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "50",
      description = "Searches per second (default: ${DEFAULT-VALUE}).")
  int rate = 50;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "20",
      description = "How long to search (default: ${DEFAULT-VALUE}).")
  int seconds = 20;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "Threads that search (default: ${DEFAULT-VALUE}).")
  int threads = 2;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of what is generated (default: ${DEFAULT-VALUE}).")
  long seed = 1;

  @Option(
      names = "--index",
      paramLabel = "DIR",
      description =
          "Keeps the index there. One that is there already, of the same events, is continued and"
              + " searched.")
  @Nullable Path kept;

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  private final Output output;

  /// What was measured.
  ///
  /// @param descriptions different ones among the events
  /// @param indexed events that were not in the index before
  /// @param buildCpuSeconds CPU time of the process for them
  /// @param buildSeconds until all events could be searched and were durable
  /// @param indexBytes size of the index's files
  /// @param heapBytes heap in use after a collection, with the index open
  /// @param found searches that found something
  /// @param cpuMsPerSearch time that a search computes, on average; unlike the others it does not
  ///   depend on what else the machine does
  record Figures(
      int events,
      int descriptions,
      int indexed,
      double buildSeconds,
      double eventsPerSecond,
      double buildCpuSeconds,
      long indexBytes,
      long heapBytes,
      int searches,
      int found,
      double ratePerSecond,
      double cpuMsPerSearch,
      double p50Ms,
      double p95Ms,
      double p99Ms,
      double maxMs) {}

  BenchSearchCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    for (int number : new int[] {events, descriptions, rate, seconds, threads}) {
      if (number < 1) {
        throw new ConfigurationException("every number of bench search must be above 0");
      }
    }
    Path folder = kept == null ? temporary() : kept;
    try (TextEmbedder embedder = SentenceEncoder.whenNeeded(1)) {
      print(measure(folder, embedder));
    } finally {
      if (kept == null) {
        FileTree.delete(folder);
      }
    }
    return ExitCode.OK;
  }

  private Figures measure(Path folder, TextEmbedder embedder) {
    SearchWorkload workload = new SearchWorkload(seed, events, descriptions);
    IndexFiles files = IndexFiles.in(folder);
    try (LuceneIndex index = LuceneIndex.open(files, embedder)) {
      long started = System.nanoTime();
      double cpuBefore = cpuSeconds();
      // An index is a view of one cluster, and is built anew for another.
      index.readFrom(workload.name());
      long first = index.nextOffsets().getOrDefault(SearchWorkload.PARTITION, 0L);
      workload.batches(
          first,
          BATCH,
          batch -> {
            index.apply(batch);
            long there = index.progress().results();
            if (there % REPORT_EVERY == 0) {
              index.commit();
              output.report("%,d of %,d events".formatted(there, events));
            }
          });
      index.commit();
      double buildCpuSeconds = cpuSeconds() - cpuBefore;
      double buildSeconds = (System.nanoTime() - started) / 1e9;
      AtomicInteger found = new AtomicInteger();
      Random random = new Random(seed);
      for (int i = 0; i < WARM_UP; i++) {
        search(index, workload.query(random), found);
      }
      found.set(0);
      LongAdder cpuNanos = new LongAdder();
      double[] latencies = search(index, workload, found, cpuNanos);
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      return new Figures(
          events,
          workload.different(),
          events - (int) first,
          rounded(buildSeconds),
          rounded((events - first) / buildSeconds),
          rounded(buildCpuSeconds),
          files.sizeBytes(),
          runtime.totalMemory() - runtime.freeMemory(),
          latencies.length,
          found.get(),
          rate,
          rounded(cpuNanos.sum() / 1e6 / latencies.length),
          percentile(latencies, 0.5),
          percentile(latencies, 0.95),
          percentile(latencies, 0.99),
          rounded(latencies[latencies.length - 1]));
    }
  }

  private static double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / 1e9;
  }

  /// @return sorted, in milliseconds from a search's arrival
  private double[] search(
      LuceneIndex index, SearchWorkload workload, AtomicInteger found, LongAdder cpuNanos) {
    ThreadMXBean threadTimes = ManagementFactory.getThreadMXBean();
    double[] latencies = new double[rate * seconds];
    Random random = new Random(seed + 1);
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    long start = System.nanoTime();
    for (int i = 0; i < latencies.length; i++) {
      long arrival = start + i * 1_000_000_000L / rate;
      LockSupport.parkNanos(arrival - System.nanoTime());
      String text = workload.query(random);
      int number = i;
      workers.execute(() -> {
        long cpuBefore = threadTimes.getCurrentThreadCpuTime();
        search(index, text, found);
        cpuNanos.add(threadTimes.getCurrentThreadCpuTime() - cpuBefore);
        latencies[number] = (System.nanoTime() - arrival) / 1e6;
      });
    }
    workers.shutdown();
    try {
      if (!workers.awaitTermination(10, TimeUnit.MINUTES)) {
        throw new IllegalStateException("searches do not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    Arrays.sort(latencies);
    return latencies;
  }

  private static void search(LuceneIndex index, String text, AtomicInteger found) {
    if (index.search(new SearchRequest(text, ResultFilter.VALID, HITS))
        instanceof SearchOutcome.Found) {
      found.incrementAndGet();
    }
  }

  private void print(Figures figures) {
    if (json) {
      output.printJson(figures);
      return;
    }
    output.print(
        "%,d events with %,d different descriptions"
            .formatted(figures.events(), figures.descriptions()));
    output.print(
        "%,d indexed in %s s, %,.0f a second; %s s of CPU"
            .formatted(
                figures.indexed(),
                Decimals.of(figures.buildSeconds(), 1),
                figures.eventsPerSecond(),
                Decimals.of(figures.buildCpuSeconds(), 0)));
    output.print(
        "index %,d MB, heap %,d MB"
            .formatted(figures.indexBytes() >> 20, figures.heapBytes() >> 20));
    output.print(
        "%,d searches at %d a second on %d threads: p50 %s ms, p95 %s ms, p99 %s ms, max %s ms"
            .formatted(
                figures.searches(),
                rate,
                threads,
                Decimals.of(figures.p50Ms(), 1),
                Decimals.of(figures.p95Ms(), 1),
                Decimals.of(figures.p99Ms(), 1),
                Decimals.of(figures.maxMs(), 1)));
    output.print("CPU %s ms a search".formatted(Decimals.of(figures.cpuMsPerSearch(), 1)));
  }

  private static double percentile(double[] sorted, double share) {
    return rounded(sorted[Math.min(sorted.length - 1, (int) Math.floor(sorted.length * share))]);
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("chronoscope-bench-search");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create a temporary directory", e);
    }
  }
}
