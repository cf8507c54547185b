package io.chronoscope.cli.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Live sources that harm the process that reads them.
final class SourceFaults {

  private static final Duration NOTICED_WITHIN = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(200);

  /// Seven transport packets, as senders do.
  private static final int DATAGRAM_BYTES = 7 * 188;

  /// The main class of the processes that read live sources.
  private static final String WORKER = "LiveWorker";

  private static final String LOST = "the process that reads the source was lost";

  private SourceFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "source-crash",
            "SIGSEGV to the process that reads a live source",
            "the source is connected to again, nothing else notices: the other streams' records are"
                + " the same as undisturbed",
            SourceFaults::crash));
  }

  private static Observation crash(Scene scene) throws Exception {
    int port = freePort();
    scene
        .set(
            "CHRONOSCOPE_SOURCES_" + Scene.BAD_STREAM.toUpperCase(Locale.ROOT),
            "udp://127.0.0.1:" + port)
        .set("CHRONOSCOPE_LIVE_CHUNK_LENGTH", "1s") // the video is short
        .set("CHRONOSCOPE_LIVE_SPOOL", scene.directory().resolve("spool").toString());
    Instance instance = scene.startReady();
    Thread camera = Thread.ofPlatform().daemon().start(() -> send(port));
    try {
      Optional<ProcessHandle> first = await(() -> reader(instance, 0));
      if (first.isEmpty()) {
        return new Observation.NotRun("no live source is read in a process of its own");
      }
      if (await(() -> instance.said("source stream=bad receiving")).isEmpty()) {
        return new Observation.Broken("the source is not received: " + instance.lastWords());
      }
      long pid = first.get().pid();
      new ProcessBuilder("kill", "-SEGV", Long.toString(pid)).start().waitFor();
      if (await(() -> instance.said(LOST)).isEmpty()) {
        return new Observation.Broken("nobody says that the source was lost");
      }
      if (await(() -> reader(instance, pid)).isEmpty()) {
        return new Observation.Broken("the source is not connected to again");
      }
    } finally {
      camera.interrupt();
      camera.join();
    }
    scene.sender().end(Scene.BAD_STREAM);
    scene.sendAll();
    Observation compared = scene.compare();
    return instance.isAlive()
        ? compared.after("connected to again")
        : new Observation.Broken("the instance ended: " + instance.lastWords());
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /// Sends a video again and again, until interrupted.
  private static void send(int port) {
    try (DatagramSocket socket = new DatagramSocket();
        InputStream in = SourceFaults.class.getResourceAsStream("lost-packets.ts")) {
      if (in == null) {
        throw new IllegalStateException("the resource lost-packets.ts is missing");
      }
      byte[] video = in.readAllBytes();
      InetAddress here = InetAddress.getByName("127.0.0.1");
      while (!Thread.currentThread().isInterrupted()) {
        for (int at = 0; at < video.length; at += DATAGRAM_BYTES) {
          byte[] part = Arrays.copyOfRange(video, at, Math.min(video.length, at + DATAGRAM_BYTES));
          socket.send(new DatagramPacket(part, part.length, here, port));
        }
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Look<T> {
    Optional<T> now();
  }

  private static <T> Optional<T> await(Look<T> look) {
    long until = System.nanoTime() + NOTICED_WITHIN.toNanos();
    Optional<T> found = look.now();
    while (found.isEmpty() && System.nanoTime() < until) {
      LockSupport.parkNanos(POLL.toNanos());
      found = look.now();
    }
    return found;
  }

  /// The process that reads the source.
  ///
  /// @param otherThan that is not meant
  private static Optional<ProcessHandle> reader(Instance instance, long otherThan) {
    return instance.children().stream()
        .filter(process -> process.pid() != otherThan && commandLine(process).contains(WORKER))
        .findFirst();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
    } catch (IOException e) {
      return ""; // it has ended, or this is not Linux
    }
  }
}
