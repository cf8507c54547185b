package io.chronoscope.cli.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronoscope.cli.chaos.KafkaProxy.Request;
import io.chronoscope.service.ExitCode;
import io.chronoscope.wire.Topic;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Processes that crash, hang, run out of something, or cannot start.
final class ProcessFaults {

  private static final String SAME = "every record once, the same as undisturbed";
  private static final Duration REFUSED_WITHIN = Duration.ofMinutes(2);

  /// The main class of the processes that decode.
  private static final String WORKER = "DecodeWorker";

  private static final String INDEX_TROUBLE = "the search index stops";

  private ProcessFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "worker-crash",
            "SIGSEGV to a decoding process",
            "the chunk is decoded again; " + SAME,
            scene -> harmWorkers(scene, "SEGV")),
        new Fault(
            "endless-decoder",
            "a decoding process stops and never answers",
            "it is ended after its time limit, the chunk is decoded again; " + SAME,
            scene -> {
              scene.set("CHRONOSCOPE_DECODE_TIMEOUT", "10s");
              return harmWorkers(scene, "STOP");
            }),
        new Fault(
            "out-of-memory",
            "an instance whose heap is too small for a large chunk",
            "it ends, and one with more memory continues; " + SAME,
            ProcessFaults::outOfMemory),
        new Fault(
            "intake-error",
            "an Error in the intake: there is no memory outside the heap for pictures",
            "it ends with exit code 1; " + SAME,
            ProcessFaults::intakeError),
        new Fault(
            "index-disk-full",
            "the search index cannot write",
            "it is stated, and the results are the same as undisturbed",
            ProcessFaults::fillIndex),
        new Fault(
            "nan-weights",
            "a checkpoint with numbers that are none",
            "no text is made of them: the instance ends and says why",
            ProcessFaults::nanWeights),
        new Fault(
            "corrupt-checkpoint",
            "a checkpoint whose weights are cut off",
            "the instance does not start and names the file",
            ProcessFaults::truncatedWeights),
        new Fault(
            "corrupt-state",
            "a state record that cannot be read",
            "the instance ends and names the stream rather than lose its results",
            ProcessFaults::corruptState));
  }

  /// Sends a signal to each decoding process that is seen until the first results are committed.
  private static Observation harmWorkers(Scene scene, String signal) throws Exception {
    Instance instance = scene.startReady();
    List<ProcessHandle> workers = workers(instance);
    if (workers.isEmpty()) {
      return new Observation.NotRun("nothing is decoded in processes of its own");
    }
    CountDownLatch fetched = new CountDownLatch(1);
    scene.proxy().onceAnswered(Request.FETCH, 1, 4096, fetched::countDown);
    scene.sendAll();
    fetched.await(60, TimeUnit.SECONDS);
    for (ProcessHandle worker : workers) {
      new ProcessBuilder("kill", "-" + signal, Long.toString(worker.pid())).start().waitFor();
    }
    Observation compared = scene.compare();
    for (ProcessHandle worker : workers) {
      worker.destroyForcibly();
    }
    return instance.isAlive()
        ? compared
        : new Observation.Broken("the instance ended: " + instance.lastWords());
  }

  private static List<ProcessHandle> workers(Instance instance) {
    return instance.children().stream()
        .filter(process ->
            process.info().commandLine().or(() -> commandLine(process)).orElse("").contains(WORKER))
        .toList();
  }

  private static Optional<String> commandLine(ProcessHandle process) {
    try {
      return Optional.of(
          Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Observation outOfMemory(Scene scene) throws Exception {
    Instance small = scene.start(List.of("-Xmx112m", "-XX:+ExitOnOutOfMemoryError"));
    scene.sendBad(0, new byte[60 * 1024 * 1024]);
    scene.sender().end(Scene.BAD_STREAM);
    scene.sendAll();
    int exit = small.awaitEnd(Duration.ofSeconds(90));
    Observation compared = scene.compare();
    return switch (compared) {
      case Observation.Holds(String text) when exit == -1 ->
          new Observation.NotRun("the memory was enough; " + text);
      case Observation.Holds(String text) when exit == 0 ->
          new Observation.Broken("it ended with exit code 0");
      case Observation other -> other.after("ended with exit code " + exit);
    };
  }

  private static Observation intakeError(Scene scene) throws Exception {
    Instance tight = scene.start(List.of("-Xmx512m", "-XX:MaxDirectMemorySize=1m"));
    scene.sendAll();
    int exit = tight.awaitEnd(Scene.TIMEOUT);
    Observation compared = scene.compare();
    return compared instanceof Observation.Holds && exit != ExitCode.FAILED
        ? new Observation.Broken("ended with exit code " + exit)
        : compared.after("ended with exit code " + exit);
  }

  private static Observation fillIndex(Scene scene) throws Exception {
    SmallDisk disk = new SmallDisk(Files.createDirectories(scene.directory().resolve("index")));
    if (!disk.isPossible()) {
      return new Observation.NotRun(SmallDisk.MISSING);
    }
    scene
        .set("CHRONOSCOPE_SEARCH_ENABLED", "true")
        .set("CHRONOSCOPE_SEARCH_DIRECTORY", disk.directory().resolve("results").toString());
    Instance instance = scene.startReady(disk);
    disk.fill(instance.pid());
    scene.sendAll();
    Observation compared = scene.compare();
    if (!instance.isAlive()) {
      return new Observation.Broken("the instance ended: " + instance.lastWords());
    }
    return instance
        .said(INDEX_TROUBLE)
        .map(line -> compared.after("`" + line + "`"))
        .orElse(new Observation.Broken("nobody says that the index is stale"));
  }

  private static Observation nanWeights(Scene scene) throws Exception {
    Path copy = copyOf(scene.laboratory().model(), scene.directory().resolve("nan"));
    Path weights = copy.resolve("model.safetensors");
    try (FileChannel file =
        FileChannel.open(weights, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      file.read(length, 0);
      long header = length.getLong(0);
      // A quiet NaN, in BF16 and, as half of it, in FP32, all over the second half of the tensors.
      ByteBuffer nan = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
      while (nan.hasRemaining()) {
        nan.putShort((short) 0x7fc0);
      }
      long from = 8 + header + (file.size() - 8 - header) / 8 * 4;
      file.write(nan.flip(), from);
    }
    return refusal(scene, copy, "NaN", "not finite", "non-finite", "infinite");
  }

  private static Observation truncatedWeights(Scene scene) throws Exception {
    Path copy = copyOf(scene.laboratory().model(), scene.directory().resolve("cut"));
    Path weights = copy.resolve("model.safetensors");
    try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    return refusal(scene, copy, "model.safetensors");
  }

  /// Starts an instance with a model that it must refuse, now or with the first window.
  ///
  /// @param words one of which must be in what it says
  private static Observation refusal(Scene scene, Path model, String... words) throws Exception {
    scene.set("CHRONOSCOPE_MODEL", model.toAbsolutePath().toString());
    Instance instance = scene.start();
    scene.forget(instance);
    try (instance) {
      scene.sendAll();
      int exit = instance.awaitEnd(REFUSED_WITHIN);
      if (exit <= 0) {
        return new Observation.Broken("still running after " + REFUSED_WITHIN);
      }
      Optional<String> named =
          Stream.of(words).flatMap(word -> instance.said(word).stream()).findFirst();
      boolean invented =
          scene.laboratory().workload().streams().keySet().stream()
              .anyMatch(stream -> !scene.records(Topic.EVENTS, stream).isEmpty());
      if (invented) {
        return new Observation.Broken("it published events");
      }
      return named.isPresent()
          ? new Observation.Holds("exit code %d, `%s`".formatted(exit, named.get()))
          : new Observation.Broken("it said only `%s`".formatted(instance.lastWords()));
    }
  }

  private static Path copyOf(Path model, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(file.getFileName());
        Files.write(copy, Files.readAllBytes(file));
      }
    }
    return to;
  }

  private static Observation corruptState(Scene scene) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(scene.kafka(), new StringSerializer(), new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  scene.topics().of(Topic.STATE), 0, "north", "{}".getBytes(UTF_8)))
          .get();
    }
    Instance instance = scene.start();
    scene.forget(instance);
    try (instance) {
      int exit = instance.awaitEnd(REFUSED_WITHIN);
      Optional<String> named = instance.said("state of stream north");
      return exit > 0 && named.isPresent()
          ? new Observation.Holds("exit code %d, `%s`".formatted(exit, named.get()))
          : new Observation.Broken("exit code %d, `%s`".formatted(exit, instance.lastWords()));
    }
  }
}
