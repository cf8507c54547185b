package io.chronoscope.decode.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.LoopFilter;
import io.chronoscope.decode.MediaDecoder;
import io.chronoscope.decode.worker.DecodeEvent.WorkerReady;
import io.chronoscope.decode.worker.SystemCalls.Call;
import io.chronoscope.decode.worker.SystemCalls.Machine;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Starts programs that confine themselves as a worker does, and then try what it must not do.
@EnabledOnOs(OS.LINUX)
class ConfinementTest {

  private static final int KILLED_BY_FILTER = 128 + 31; // SIGSYS
  private static final int KILLED = 128 + 9;
  private static final int REFUSED = 42;

  enum Attempt {
    READ_A_FILE(REFUSED),
    READ_A_FILE_BESIDE_A_NETWORK(REFUSED),
    LISTEN_TO_A_NETWORK(REFUSED),
    CONNECT_TO_A_SERVER(REFUSED),
    CONNECT_TO_ANOTHER_SERVER(KILLED_BY_FILTER),
    WRITE_A_FILE(REFUSED),
    RAISE_ITS_LIMITS(REFUSED),
    OUTLIVE_ITS_PARENT(REFUSED),
    USE_THE_NETWORK(KILLED_BY_FILTER),
    START_A_PROGRAM(REFUSED),
    COMPUTE_IN_THREADS(0);

    private final int status;

    Attempt(int status) {
      this.status = status;
    }

    private Network network() {
      return switch (this) {
        case READ_A_FILE_BESIDE_A_NETWORK,
            LISTEN_TO_A_NETWORK,
            CONNECT_TO_A_SERVER,
            CONNECT_TO_ANOTHER_SERVER ->
            Network.CONNECT;
        case READ_A_FILE,
            WRITE_A_FILE,
            RAISE_ITS_LIMITS,
            OUTLIVE_ITS_PARENT,
            USE_THE_NETWORK,
            START_A_PROGRAM,
            COMPUTE_IN_THREADS ->
            Network.NONE;
      };
    }
  }

  /// The program.
  public static final class Confined {

    private Confined() {}

    public static void main(String[] arguments) throws Exception {
      Attempt attempt = Attempt.valueOf(arguments[0]);
      rehearse();
      Confinement confinement = Confinement.enter(attempt.network());
      if (!confinement.inForce().contains(Protection.SYSTEM_CALL_FILTER)) {
        throw new IllegalStateException(confinement.missing().toString());
      }
      try {
        run(attempt);
      } catch (IOException e) {
        Runtime.getRuntime().halt(REFUSED);
      }
      Runtime.getRuntime().halt(0);
    }

    /// Loads what the attempts need.
    private static void rehearse() throws IOException {
      Files.deleteIfExists(Files.createTempFile("confined", ".tmp"));
      new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close();
      try {
        connect();
      } catch (IOException e) {
        // Nobody listens.
      }
    }

    private static void connect() throws IOException {
      new Socket(InetAddress.getLoopbackAddress(), 9).close();
    }

    private static void run(Attempt attempt) throws Exception {
      switch (attempt) {
        case READ_A_FILE, READ_A_FILE_BESIDE_A_NETWORK ->
            Files.readString(Path.of("/etc/hostname"));
        case WRITE_A_FILE -> Files.createFile(Path.of("target/should-not-exist"));
        case RAISE_ITS_LIMITS -> SystemCalls.call(Call.PRLIMIT64, 0, 9, 1, 0, 0);
        case OUTLIVE_ITS_PARENT -> SystemCalls.call(Call.PRCTL, 1, 0);
        // Nobody listens there.
        case USE_THE_NETWORK, CONNECT_TO_A_SERVER -> connect();
        case LISTEN_TO_A_NETWORK ->
            new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close();
        case CONNECT_TO_ANOTHER_SERVER -> {
          Confinement.forbidConnecting();
          connect();
        }
        case START_A_PROGRAM -> new ProcessBuilder("true").start();
        case COMPUTE_IN_THREADS -> CompletableFuture.runAsync(() -> {}).get();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatAWorkerHasNoUseFor(Attempt attempt) throws Exception {
    Assumptions.assumeThat(SystemCalls.machine()).isPresent();
    Process program = start(Confined.class, attempt.name());
    String errors = new String(program.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor()).as(errors).isEqualTo(attempt.status);
  }

  /// A parent with a worker.
  public static final class Parent {

    private Parent() {}

    public static void main(String[] arguments) throws Exception {
      CompletableFuture<Long> pid = new CompletableFuture<>();
      DecodePool pool =
          DecodePool.ofWorkers(
              new DecodePool.Workers(
                  1, DecodeLimits.DEFAULTS.maxPixels(), LoopFilter.FULL, ChunkBudget.DEFAULTS),
              event -> {
                if (event instanceof WorkerReady ready) {
                  pid.complete(ready.pid());
                }
              });
      System.out.println(pid.get());
      Thread.sleep(Duration.ofMinutes(5));
      pool.close();
    }
  }

  @Test
  void aWorkerDiesWithItsParent() throws Exception {
    Process parent = start(Parent.class);
    long pid = Long.parseLong(parent.inputReader().readLine());
    Optional<ProcessHandle> worker = ProcessHandle.of(pid);
    assertThat(worker).isPresent();
    parent.destroyForcibly().waitFor();
    assertThat(worker.get().onExit().get(30, TimeUnit.SECONDS)).isNotNull();
    assertThat(parent.exitValue()).isEqualTo(KILLED);
  }

  @Test
  void theFilterFitsItsLimits() {
    for (Machine machine : Machine.values()) {
      List<SystemCallFilter.Instruction> program =
          SystemCallFilter.program(machine, 4711, Network.NONE);
      assertThat(program).hasSizeLessThan(4096);
      for (int i = 0; i < program.size(); i++) {
        SystemCallFilter.Instruction one = program.get(i);
        assertThat(i + 1 + Math.max(one.ifTrue(), one.ifFalse())).isLessThan(program.size() + 1);
      }
    }
  }

  private static Process start(Class<?> program, String... arguments) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                program.getName()));
    words.addAll(List.of(arguments));
    return new ProcessBuilder(words).start();
  }

  /// This test, the program, and what a worker needs.
  private static String classPath() throws Exception {
    List<String> words = WorkerCommand.of(4096, LoopFilter.FULL).words();
    String worker = words.get(words.indexOf("-cp") + 1);
    Path own =
        Path.of(ConfinementTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path decoder =
        Path.of(MediaDecoder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return String.join(File.pathSeparator, own.toString(), decoder.toString(), worker);
  }
}
