package io.chronoscope.decode.worker;

import io.chronoscope.decode.Ffmpeg;
import io.chronoscope.decode.LoopFilter;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The command line that starts a worker: the same Java, with this program's classes and FFmpeg's
/// libraries alone, in namespaces of its own where the platform allows that.
///
/// @param kind what it does
/// @param words of the command
/// @param namespacesMissing why it does not start in namespaces of its own; empty if it does
record WorkerCommand(WorkerKind kind, List<String> words, Optional<String> namespacesMissing) {

  /// A small machine: the serial collector, no optimizing compiler, little address space.
  private static final List<String> JAVA_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xms8m",
          "-Xmx64m",
          "-Xss512k",
          "-XX:ReservedCodeCacheSize=16m",
          "-XX:CompressedClassSpaceSize=16m",
          "-XX:MaxMetaspaceSize=64m",
          "-XX:ActiveProcessorCount=1",
          "-XX:-UseContainerSupport",
          "-XX:-UsePerfData",
          "-XX:+DisableAttachMechanism",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:+SuppressFatalErrorMessage",
          "-XX:-CreateCoredumpOnCrash",
          "-XX:+DisplayVMOutputToStderr",
          "-Xlog:disable",
          "-Xshare:auto",
          "--enable-native-access=ALL-UNNAMED",
          "-Djava.awt.headless=true");

  private static final List<String> OWN_USER =
      List.of("unshare", "--user", "--net", "--ipc", "--uts");
  private static final List<String> OWN_USER_SAME_NETWORK =
      List.of("unshare", "--user", "--ipc", "--uts");
  private static final List<String> SAME_USER = List.of("unshare", "--net", "--ipc", "--uts");

  /// The times of all packets of a file are kept, which a chunk has few of.
  private static final String MEMORY_FOR_FILES = "-Xmx512m";

  /// A segment may be as large as a chunk (`chronoscope.kafka.max-chunk-bytes`, 64 MB).
  private static final String MEMORY_FOR_SOURCES = "-Xmx192m";

  WorkerCommand {
    words = List.copyOf(words);
  }

  /// A worker for chunks.
  ///
  /// @param pictureBytes of the shared memory's picture area
  static WorkerCommand of(long pictureBytes, LoopFilter loopFilter) throws IOException {
    return of(
        WorkerKind.CHUNKS,
        DecodeWorker.class,
        List.of(Long.toString(pictureBytes), loopFilter.name()),
        List.of(OWN_USER, SAME_USER),
        List.of());
  }

  /// A worker for a live source.
  ///
  /// @param sharedBytes of the shared memory's area for what is cut
  static WorkerCommand forSource(long sharedBytes, Network network) throws IOException {
    return of(
        switch (network) {
          case NONE -> WorkerKind.SOURCE;
          case CONNECT -> WorkerKind.SERVER;
        },
        LiveWorker.class,
        List.of(Long.toString(sharedBytes), network.name()),
        switch (network) {
          case NONE -> List.of(OWN_USER, SAME_USER);
          case CONNECT -> List.of(OWN_USER_SAME_NETWORK);
        },
        List.of(MEMORY_FOR_SOURCES));
  }

  /// A worker for a file, which is still to be named. The administrator may read files of others,
  /// but not from a user namespace; without that right the one namespace needs the other.
  ///
  /// @param sharedBytes of the shared memory's area for what is made of the file
  static WorkerCommand forFiles(long sharedBytes) throws IOException {
    return of(
        WorkerKind.FILE,
        DecodeWorker.class,
        List.of(Long.toString(sharedBytes), LoopFilter.FULL.name()),
        List.of(SAME_USER, OWN_USER),
        List.of(MEMORY_FOR_FILES));
  }

  /// The same for this file.
  WorkerCommand with(Path file) {
    List<String> all = new ArrayList<>(words);
    all.add(file.toString());
    return new WorkerCommand(kind, all, namespacesMissing);
  }

  private static WorkerCommand of(
      WorkerKind kind,
      Class<?> program,
      List<String> arguments,
      List<List<String>> namespacesToTry,
      List<String> furtherOptions)
      throws IOException {
    List<String> words = new ArrayList<>();
    Optional<List<String>> namespaces = namespaces(namespacesToTry);
    namespaces.ifPresent(words::addAll);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(JAVA_OPTIONS);
    words.addAll(furtherOptions);
    // In a namespace of its own the worker has another user, and so another home.
    words.add("-Duser.home=" + System.getProperty("user.home"));
    words.add("-Dorg.bytedeco.javacpp.cachedir=" + Ffmpeg.libraryDirectory());
    words.add("-cp");
    words.add(classPath());
    words.add(program.getName());
    words.addAll(arguments);
    return new WorkerCommand(
        kind,
        words,
        namespaces.isPresent()
            ? Optional.empty()
            : Optional.of("unshare is missing, or not allowed here"));
  }

  /// Tries which namespaces a process may have here.
  private static Optional<List<String>> namespaces(List<List<String>> candidates) {
    if (SystemCalls.machine().isEmpty()) {
      return Optional.empty();
    }
    return candidates.stream().filter(WorkerCommand::works).findFirst();
  }

  private static boolean works(List<String> prefix) {
    List<String> trial = new ArrayList<>(prefix);
    trial.add("true");
    try {
      Process process =
          new ProcessBuilder(trial)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// This program's own classes and FFmpeg's, nothing else of the class path.
  private static String classPath() throws IOException {
    Set<String> entries = new LinkedHashSet<>();
    entries.add(locationOf(DecodeWorker.class));
    for (Class<?> library : Ffmpeg.libraryClasses()) {
      String jar = locationOf(library);
      entries.add(jar);
      entries.addAll(platformJarsBeside(jar));
    }
    entries.add(locationOfResources());
    return String.join(File.pathSeparator, entries);
  }

  /// Where the program's classes lie in a folder, its resources may lie in another one.
  private static String locationOfResources() throws IOException {
    URL resource = DecodeWorker.class.getResource(WarmUp.SAMPLE);
    if (resource == null || !resource.getProtocol().equals("file")) {
      return locationOf(DecodeWorker.class);
    }
    try {
      String file = Path.of(resource.toURI()).toString();
      String inside =
          DecodeWorker.class.getPackageName().replace('.', File.separatorChar)
              + File.separator
              + WarmUp.SAMPLE;
      return file.substring(0, file.length() - inside.length() - 1);
    } catch (URISyntaxException e) {
      throw new IOException("the program's resources lie in no file", e);
    }
  }

  /// The jars of the same library with its native parts.
  private static List<String> platformJarsBeside(String jar) throws IOException {
    Path path = Path.of(jar);
    Path folder = path.getParent();
    if (folder == null || !Files.isRegularFile(path)) {
      return List.of();
    }
    String stem = fileName(jar).replaceFirst("\\.jar$", "");
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> fileName(file.toString()).startsWith(stem + "-"))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }

  private static String fileName(String path) {
    return String.valueOf(Path.of(path).getFileName());
  }

  private static String locationOf(Class<?> type) throws IOException {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IOException("the classes of " + type.getName() + " lie in no file", e);
    }
  }
}
