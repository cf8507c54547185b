package io.chronoscope.cli.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// Examples of each command, by its full name. They end its help, and the first one ends the
/// message of a wrong call. A test parses them all.
public final class CommandExamples {

  private static final Map<String, List<String>> BY_COMMAND =
      Map.ofEntries(
          Map.entry(
              "chronoscope",
              List.of("demo", "serve --embedded", "produce video-samples/yard.mp4 --stream yard")),
          Map.entry("demo", List.of("", "video-samples/gate.mp4 --picture gate.png", "--stay")),
          Map.entry(
              "serve",
              List.of(
                  "--embedded",
                  "--bootstrap kafka-0.example:9092",
                  "--embedded --model models/demo --port 8081")),
          Map.entry(
              "produce",
              List.of(
                  "video-samples/yard.mp4 --stream yard --realtime",
                  "video-samples/yard.mp4 --stream yard --start-time 12:00",
                  "rtsp://camera-1/main --stream gate",
                  "recordings --watch --stream gate")),
          Map.entry(
              "events",
              List.of("--follow", "--stream yard --since 10m", "--alerts --rule stops --json")),
          Map.entry(
              "search",
              List.of("\"a red circle stops\"", "triangle --stream 'yard*' --since 2h --ground")),
          Map.entry("rules", List.of("list")),
          Map.entry("rules list", List.of("", "--json")),
          Map.entry("rules set", List.of("stops \"a red circle stops\" --streams 'yard*'")),
          Map.entry("rules remove", List.of("stops")),
          Map.entry("dlq", List.of("list")),
          Map.entry("dlq list", List.of("--since 2h", "--reason late --stream yard")),
          Map.entry("dlq show", List.of("video.chunks/2/417 --save rejected.mp4")),
          Map.entry(
              "dlq redrive", List.of("video.chunks/2/417", "--all --reason reference_missing")),
          Map.entry(
              "ask", List.of("\"a blue square appears\" --stream yard --from 12:00 --to 12:01")),
          Map.entry("backtest", List.of("--from 1h --to now --rule \"a red circle stops\"")),
          Map.entry(
              "analyze",
              List.of(
                  "video-samples/gate.mp4",
                  "video-samples/gate.mp4 --query \"a red circle stops\"")),
          Map.entry(
              "generate", List.of("--video video-samples/gate.mp4 --prompt \"What happens?\"")),
          Map.entry("evaluate", List.of("video-samples", "video-samples --fps 1,2")),
          Map.entry("evaluate search", List.of("--skip-grounding")),
          Map.entry("chaos", List.of("--list", "--faults kill-before-commit,broker-away")),
          Map.entry("evaluate queries", List.of("training/queries --wrong")),
          Map.entry("bench damage", List.of("--trials 10 --codecs h264")),
          Map.entry("bench isolation", List.of("--streams 2 --rounds 3")),
          Map.entry("bench", List.of("load --seconds 60")),
          Map.entry("bench load", List.of("--seconds 60 --factors 1,2", "--streams 1,2,4")),
          Map.entry(
              "bench soak", List.of("--hours 1", "--minutes 120 --load 80 --picture memory.png")),
          Map.entry("bench engine", List.of("--shape demo --rows encoder,prefill,decode")),
          Map.entry("bench search", List.of("--events 10000 --rate 50 --seconds 20")),
          Map.entry("bundle", List.of("--target linux-x64 --out dist")),
          Map.entry(
              "image",
              List.of(
                  "--variant cpu --out dist",
                  "--variant cpu --out dist --push registry.example/chronoscope:0.1.0")),
          Map.entry("selfcheck", List.of("--out report")),
          Map.entry("completion", List.of("bash > chronoscope.bash")));

  private CommandExamples() {}

  /// Ends the help of a command and of all below it with its examples.
  public static void addTo(CommandLine command) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    List<String> examples = of(command.getCommandSpec());
    if (!examples.isEmpty()) {
      List<String> footer = new ArrayList<>();
      footer.add("");
      footer.add(examples.size() == 1 ? "Example:" : "Examples:");
      examples.forEach(example -> footer.add("  " + example));
      footer.addAll(Arrays.asList(usage.footer()));
      usage.footer(footer.toArray(String[]::new));
    }
    command.getSubcommands().values().stream().distinct().forEach(CommandExamples::addTo);
  }

  /// Whole command lines, `chronoscope` included. Empty for a command without examples.
  public static List<String> of(CommandSpec command) {
    String name = command.qualifiedName();
    return BY_COMMAND.getOrDefault(name.replaceFirst("\\Achronoscope ", ""), List.of()).stream()
        .map(arguments -> (name + " " + arguments).strip())
        .toList();
  }
}
