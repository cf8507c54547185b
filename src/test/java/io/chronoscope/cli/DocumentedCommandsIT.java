package io.chronoscope.cli;

import static io.chronoscope.testing.Await.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.broker.EmbeddedBroker;
import io.chronoscope.broker.FreePorts;
import io.chronoscope.client.DeadLetters;
import io.chronoscope.client.ResultReader;
import io.chronoscope.client.ResultReader.Read;
import io.chronoscope.client.Topics;
import io.chronoscope.domain.Result;
import io.chronoscope.service.ExitCode;
import io.chronoscope.testing.CommandBlock;
import io.chronoscope.testing.JsonOutput;
import io.chronoscope.testing.PackagedProgram;
import io.chronoscope.testing.RestoredSettings;
import io.chronoscope.testing.ServiceProcess;
import io.chronoscope.testing.ShellWords;
import io.chronoscope.wire.Topic;
import io.chronoscope.wire.TopicNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs every command block of the README and of `docs/` in the order in which a reader meets them,
/// against one packaged service, and compares what the documents say that is printed. Blocks that
/// cannot run here say why in the document.
///
/// What differs from typing them: the commands of this program run in this process, ports are free
/// ones, `serve` is the service that runs already, and nobody waits: `--realtime` is left out,
/// `--follow` shows what there is, and `demo` shows two short samples, once.
class DocumentedCommandsIT {

  private static final Path ROOT = PackagedProgram.HOME;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final List<String> SHORT_SAMPLES =
      List.of("video-samples/corridor.mp4", "video-samples/gate.mp4");

  /// Lines that stand for what the reader has done, or for this very test.
  private static final List<String> ELSEWHERE =
      List.of("git clone", "./chronoscope test", "./chronoscope build");

  @TempDir static Path folder;

  private final Map<String, String> demos = new HashMap<>();
  private final Map<String, String> instead = new LinkedHashMap<>();
  private Map<String, Object> kafka = Map.of();
  private int sent;

  static List<Path> documents() throws IOException {
    List<Path> all = new ArrayList<>(List.of(Path.of("README.md"), Path.of("docs/tutorial.md")));
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files
          .filter(file -> file.toString().endsWith(".md"))
          .map(ROOT::relativize)
          .sorted()
          .filter(file -> !all.contains(file))
          .forEach(all::add);
    }
    return all;
  }

  @Test
  void runAsPrinted() throws Exception {
    try (RestoredSettings settings = new RestoredSettings();
        EmbeddedBroker broker =
            EmbeddedBroker.start(EmbeddedBroker.Settings.in(folder.resolve("kafka"), 0))) {
      kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
      Topics.ensure(kafka, TopicNames.DEFAULT);
      Path references = Files.createDirectory(folder.resolve("chunks"));
      int port = FreePorts.one();
      System.setProperty("chronoscope.kafka.bootstrap-servers", broker.bootstrapServers());
      System.setProperty("chronoscope.search.directory", "memory");
      System.setProperty("chronoscope.cache-dir", folder.resolve("cache").toString());
      System.setProperty("chronoscope.references.roots", references.toString());
      instead.put("localhost:8080", "localhost:" + port);
      instead.put("/tmp/chunks", references.toString());
      instead.put("/tmp/moment", folder.resolve("moment").toString());
      instead.put("rejected.mp4", folder.resolve("rejected.mp4").toString());
      try (ServiceProcess service =
          ServiceProcess.start(
              new ServiceProcess.Setup(
                  broker.bootstrapServers(),
                  "chronoscope",
                  TopicNames.DEFAULT,
                  Map.of(
                      "CHRONOSCOPE_SEARCH_DIRECTORY", folder.resolve("search").toString(),
                      "CHRONOSCOPE_CACHE_DIR", folder.resolve("cache").toString(),
                      "CHRONOSCOPE_REFERENCES_ROOTS", references.toString(),
                      "CHRONOSCOPE_IDLE_TIMEOUT", "5s")),
              folder.resolve("service.log"),
              port)) {
        until("the service to be ready", PATIENCE, service::isReady);
        instead.put("video.chunks/2/417", rejected());
        for (Path document : documents()) {
          for (CommandBlock block : CommandBlock.of(ROOT.resolve(document))) {
            if (block.notRun().isEmpty()) {
              run(block);
            }
          }
        }
        printJsonAsPublished();
      }
    }
  }

  /// A record that becomes a dead letter, for the blocks about them.
  private String rejected() throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  TopicNames.DEFAULT.of(Topic.CHUNKS),
                  "broken",
                  "this is no video".getBytes(UTF_8)))
          .get();
    }
    until("a dead letter", PATIENCE, () -> !letters().isEmpty());
    return letters().keySet().iterator().next();
  }

  private Map<String, DeadLetters.Letter> letters() {
    return DeadLetters.read(kafka, TopicNames.DEFAULT.of(Topic.DEAD_LETTERS));
  }

  /// What commands print with `--json` matches the published schemas. The others take minutes, or a
  /// process of their own: `demo` prints the same records.
  private void printJsonAsPublished() throws Exception {
    String range = " --from 2026-05-04T12:00:00Z --to 2026-05-04T12:01:00Z";
    json("produce", "video-samples/corridor.mp4 --stream json");
    awaitEnds(++sent);
    json("events", "--stream json");
    json("rules set", "json \"a red circle\" --streams nobody");
    json("rules list", "");
    json("rules remove", "json");
    String letter = rejected();
    json("dlq list", "");
    json("dlq show", letter);
    json("dlq redrive", letter + " --again");
    json("ask", "\"a blue square appears\" --stream yard" + range);
    json("backtest", "--rule \"a red circle stops\" --stream yard" + range);
    json("search", "\"a red circle moves left\"");
    json("analyze", "video-samples/corridor.mp4");
    json("generate", "--video video-samples/corridor.mp4 --fps 0.5 --prompt \"What happens?\"");
    json("bench engine", "--shape demo --rows resize");
    json("bench search", "--events 100 --descriptions 20 --rate 20 --seconds 1");
  }

  private static void json(String command, String arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = inThisProcess(out, err, ShellWords.split(command + " " + arguments + " --json"));
    assertThat(status).as("%s %s%n%s", command, arguments, err.toString(UTF_8)).isZero();
    JsonOutput.requireValid(command, out.toString(UTF_8));
  }

  private void run(CommandBlock block) throws Exception {
    String printed = "";
    for (String command : block.commands()) {
      if (ELSEWHERE.stream().noneMatch(command::startsWith)) {
        printed = run(block, command);
      }
    }
    assertThat(block.missingIn(printed)).as("%s: missing in%n%s", block, printed).isEmpty();
  }

  private String run(CommandBlock block, String documented) throws Exception {
    String command = documented;
    for (Map.Entry<String, String> one : instead.entrySet()) {
      command = command.replace(one.getKey(), one.getValue());
    }
    if (!command.startsWith("./chronoscope ")) {
      return shell(block, command);
    }
    List<String> words = new ArrayList<>(ShellWords.split(command.substring(14)));
    return switch (words.getFirst()) {
      case "serve" -> {
        Commands.tree().parseArgs(words.toArray(String[]::new));
        yield "";
      }
      case "demo" -> demo(block, words);
      case "produce" -> {
        words.remove("--realtime");
        String printed = command(block, words);
        awaitEnds(++sent);
        yield printed;
      }
      case "events" -> {
        words.remove("--follow");
        yield command(block, words);
      }
      default -> command(block, words);
    };
  }

  private static String command(CommandBlock block, List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = inThisProcess(out, err, words);
    String printed = out.toString(UTF_8) + err.toString(UTF_8);
    assertThat(status).as("%s: %s%n%s", block, words, printed).isEqualTo(ExitCode.OK);
    return printed;
  }

  private static int inThisProcess(OutputStream out, OutputStream err, List<String> words) {
    try (RestoredSettings settings = new RestoredSettings()) {
      return Commands.run(out, err, words.toArray(String[]::new));
    }
  }

  private String demo(CommandBlock block, List<String> words) throws Exception {
    if (words.size() == 1) {
      words.addAll(SHORT_SAMPLES);
    }
    String key = String.join(" ", words);
    if (!demos.containsKey(key)) {
      demos.put(key, process(block, words));
      assertThat(demos.get(key)).contains("corridor", "gate", "mean IoU");
    }
    return demos.get(key);
  }

  /// A service of its own, which needs a process of its own.
  private String process(CommandBlock block, List<String> words) throws Exception {
    return output(block, PackagedProgram.commandWithBroker(PackagedProgram.SMALL, words));
  }

  private String shell(CommandBlock block, String command) throws Exception {
    if (command.startsWith("curl -N")) {
      // It follows until it is stopped.
      return output(block, List.of("bash", "-c", "timeout 5 " + command + " || [ $? = 124 ]"));
    }
    return output(
        block,
        List.of(
            "bash",
            "-e",
            "-o",
            "pipefail",
            "-c",
            command.replaceAll("\\bcurl ", "curl -sS --fail ")));
  }

  private String output(CommandBlock block, List<String> command) throws Exception {
    Path log = Files.createTempFile(folder, "command", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Process process = builder.start();
    boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    String printed = Files.readString(log);
    assertThat(ended).as("%s: %s did not end%n%s", block, command, printed).isTrue();
    assertThat(process.exitValue()).as("%s: %s%n%s", block, command, printed).isZero();
    return printed;
  }

  /// What a reader sees by looking: everything that was sent is analyzed.
  private void awaitEnds(int streams) throws Exception {
    until(
        "the end of %d streams".formatted(streams),
        PATIENCE,
        () -> {
          int[] ends = {0};
          try (ResultReader reader =
              new ResultReader(
                  kafka,
                  List.of(TopicNames.DEFAULT.of(Topic.EVENTS)),
                  ResultReader.From.BEGINNING)) {
            reader.readToEnd(read -> {
              if (read instanceof Read.Published published
                  && published.result() instanceof Result.StreamEnd) {
                ends[0]++;
              }
            });
          }
          return ends[0] >= streams;
        });
  }
}
