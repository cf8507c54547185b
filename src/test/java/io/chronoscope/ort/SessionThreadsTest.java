package io.chronoscope.ort;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SessionThreadsTest {

  @Test
  void oneThreadForEachProcessorUnlessANumberIsAskedFor() {
    int processors = Runtime.getRuntime().availableProcessors();
    assertThat(threadsOfASessionWith(0)).isEqualTo(processors);
    assertThat(threadsOfASessionWith(3)).isEqualTo(3);
  }

  /// Threads that share an operator of a session, the caller's among them.
  private static long threadsOfASessionWith(int intraOpThreads) {
    // The thread of the call before may still be ending. The kernel keeps 15 characters.
    String name = "counts-" + intraOpThreads;
    return CompletableFuture.supplyAsync(
            () -> {
              Graph graph = Graph.named("identity");
              Value x = graph.input("x", ElementType.FLOAT32, 2);
              graph.output("y", new Ops(graph).add(x, x), 2);
              try (Session session =
                  Session.compile("identity", graph, Device.CPU, intraOpThreads)) {
                return threadsNamed(name);
              }
            },
            task -> Thread.ofPlatform().name(name).start(task))
        .join();
  }

  /// Native threads take over the name of the thread that starts them.
  private static long threadsNamed(String name) {
    return tasks().stream().filter(task -> name.equals(nameOf(task))).count();
  }

  private static List<Path> tasks() {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @return empty for a thread that has ended meanwhile
  private static String nameOf(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
