package io.chronoscope.cli.bench.damage;

import io.chronoscope.cli.console.Columns;
import io.chronoscope.cli.console.Decimals;
import io.chronoscope.cli.console.Output;
import io.chronoscope.cli.console.Version;
import io.chronoscope.config.ConfigurationException;
import io.chronoscope.domain.UnreadableMediaException;
import io.chronoscope.service.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Damages clips of every codec and container in every way at random places, and counts how often
/// the decoder shows a wrong picture as seen.
@Command(
    name = "damage",
    description = {
      "Damages short clips of every codec and container at random places, and counts in how many"
          + " of them the decoder shows a wrong picture as seen for 0.3 s or longer. Needs no model."
    },
    footer = {
      "",
      "Examples:",
      "  chronoscope bench damage",
      "  chronoscope bench damage --codecs hevc,vp9 --trials 20",
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
public final class BenchDamageCommand implements Callable<Integer> {

  @Option(
      names = "--trials",
      paramLabel = "N",
      defaultValue = "120",
      description = "Damaged files in each row (default: ${DEFAULT-VALUE}).")
  int trials = 120;

  @Option(
      names = "--codecs",
      paramLabel = "NAME,…",
      split = ",",
      description = "Only these codecs, such as h264, hevc or vp9.")
  Set<String> codecs = Set.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of each row's first trial (default: ${DEFAULT-VALUE}).")
  long seed = 1;

  @Option(names = "--json", description = "Prints one JSON object for each row.")
  boolean json;

  private final Output output;

  public BenchDamageCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    if (trials < 1) {
      throw new ConfigurationException("--trials must be above 0, not " + trials);
    }
    Set<String> known =
        MediaCase.all().stream()
            .map(MediaCase::codec)
            .collect(Collectors.toCollection(TreeSet::new));
    if (!known.containsAll(codecs)) {
      throw new ConfigurationException(
          "--codecs %s: the codecs are %s"
              .formatted(String.join(",", codecs), String.join(", ", known)));
    }
    List<DamageRow> rows = new ArrayList<>();
    for (MediaCase media : MediaCase.all()) {
      if (codecs.isEmpty() || codecs.contains(media.codec())) {
        rows.addAll(measured(media));
      }
    }
    if (!json) {
      print(rows);
    }
    return ExitCode.OK;
  }

  private List<DamageRow> measured(MediaCase media) {
    List<DamageRow> rows = new ArrayList<>();
    try {
      byte[] file = media.media();
      for (DamageKind kind : DamageKind.values()) {
        if (!kind.needsTransportStream() || media.container().equals("ts")) {
          int count = kind == DamageKind.INTACT ? 1 : trials;
          DamageRow row = DamageRow.measure(media, file, kind, count, seed);
          rows.add(row);
          if (json) {
            output.printJson(row);
          }
        }
      }
    } catch (UnreadableMediaException e) {
      throw new IllegalStateException(
          "the clip of %s in %s cannot be read".formatted(media.codec(), media.container()), e);
    }
    output.report("%s in %s".formatted(media.codec(), media.container()));
    return rows;
  }

  private void print(List<DamageRow> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(
        List.of("codec", "container", "damage", "trials", "silent", "refused", "flagged", "seen"));
    for (DamageRow row : rows) {
      cells.add(
          List.of(
              row.codec(),
              row.container(),
              row.damage(),
              Integer.toString(row.trials()),
              percent(row.silentShare()),
              percent((double) row.refused() / row.trials()),
              percent((double) row.flagged() / row.trials()),
              percent(row.seenShare())));
    }
    Columns.aligned(cells, output.outTerminal()).forEach(output::print);
    output.print("Seeds of each row: %d to %d".formatted(seed, seed + trials - 1));
  }

  private static String percent(double share) {
    return Decimals.of(100 * share, 1) + " %";
  }
}
