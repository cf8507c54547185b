package io.chronoscope.cli.bundle;

import io.chronoscope.cli.console.FileTree;
import io.chronoscope.config.EnvironmentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A root file system with nothing but the C and C++ libraries, unpacked from Debian's packages: no
/// shell, no package manager. What is known of each package is left where scanners look for it
/// (`/var/lib/dpkg/status.d`), its copyright in `/usr/share/doc`.
final class DebianBase {

  /// libudev1: FFmpeg's libavutil asks for it.
  private static final List<String> PACKAGES =
      List.of("base-files", "netbase", "libc6", "libgcc-s1", "libstdc++6", "zlib1g", "libudev1");

  /// Kept of what the packages hold.
  private static final List<String> KEPT = List.of("lib", "lib64", "usr/lib");

  private final Target target;
  private final Path work;

  /// @param work holds packages, which are fetched once, and the root
  DebianBase(Target target, Path work) {
    this.target = target;
    this.work = work;
  }

  /// Makes the root file system.
  ///
  /// @throws EnvironmentException without Debian's tools, or when a package cannot be fetched
  Path make(Consumer<String> report) {
    Path packages = work.resolve("packages");
    Path unpacked = work.resolve("unpacked");
    Path root = work.resolve("root");
    try {
      Files.createDirectories(packages);
      if (!PACKAGES.stream().allMatch(name -> fetched(packages, name))) {
        report.accept("fetching " + String.join(", ", PACKAGES));
        run(packages, Stream.concat(Stream.of("apt-get", "download"), PACKAGES.stream()).toList());
      }
      FileTree.delete(unpacked);
      FileTree.delete(root);
      Path status = Files.createDirectories(root.resolve("var/lib/dpkg/status.d"));
      for (String name : PACKAGES) {
        Path file = file(packages, name);
        run(packages, List.of("dpkg-deb", "-x", file.toString(), unpacked.toString()));
        Files.writeString(
            status.resolve(name), run(packages, List.of("dpkg-deb", "-f", file.toString())));
        copyIfThere(unpacked, "usr/share/doc/" + name + "/copyright", root);
      }
      for (String kept : KEPT) {
        if (Files.isDirectory(unpacked.resolve(kept), LinkOption.NOFOLLOW_LINKS)) {
          copyLibraries(unpacked, unpacked.resolve(kept), root);
        }
      }
      copyIfThere(unpacked, "usr/lib/os-release", root);
      writeAccounts(root);
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the base of the image in " + work, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the base of the image was made", e);
    }
  }

  private static void writeAccounts(Path root) throws IOException {
    Path etc = Files.createDirectories(root.resolve("etc"));
    Files.writeString(
        etc.resolve("passwd"),
        "root:x:0:0:root:/:/sbin/nologin\nchronoscope:x:10001:10001::/tmp:/sbin/nologin\n");
    Files.writeString(etc.resolve("group"), "root:x:0:\nchronoscope:x:10001:\n");
    Files.writeString(etc.resolve("nsswitch.conf"), "hosts: files dns\n");
  }

  /// Shared libraries and the loader, each as a file: images here hold no links.
  private void copyLibraries(Path unpacked, Path folder, Path root) throws IOException {
    List<Path> libraries;
    try (Stream<Path> all = Files.walk(folder)) {
      libraries =
          all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
              .filter(path -> String.valueOf(path.getFileName()).contains(".so"))
              .filter(path -> !path.toString().contains("/gconv/"))
              .sorted()
              .toList();
    }
    for (Path library : libraries) {
      Path real = inside(unpacked, library);
      if (Files.isRegularFile(real)) {
        Path copy = root.resolve(unpacked.relativize(library).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(real, copy);
      }
    }
  }

  /// Follows links, with the unpacked packages as the root.
  private static Path inside(Path unpacked, Path path) throws IOException {
    Path at = path;
    while (Files.isSymbolicLink(at)) {
      Path to = Files.readSymbolicLink(at);
      at =
          to.isAbsolute()
              ? unpacked.resolve(to.toString().substring(1))
              : at.resolveSibling(to).normalize();
    }
    return at;
  }

  private static void copyIfThere(Path unpacked, String name, Path root) throws IOException {
    Path real = inside(unpacked, unpacked.resolve(name));
    if (Files.isRegularFile(real)) {
      Files.createDirectories(root.resolve(name).getParent());
      Files.copy(real, root.resolve(name));
    }
  }

  private boolean fetched(Path packages, String name) {
    try {
      file(packages, name);
      return true;
    } catch (EnvironmentException e) {
      return false;
    }
  }

  private Path file(Path packages, String name) {
    try (Stream<Path> files = Files.list(packages)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(name + "_"))
          .filter(file -> file.toString().endsWith(".deb"))
          .max(Path::compareTo)
          .orElseThrow(() ->
              new EnvironmentException(
                  "Debian's package %s for %s is not in %s".formatted(name, target, packages)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new EnvironmentException(
          "the base of the image is made of Debian's packages, but %s is not here; give --base DIR with a root file system"
              .formatted(command.getFirst()),
          e);
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new EnvironmentException(
          "`%s` failed: the base of the image needs Debian's package lists (apt-get update) or --base DIR with a root file system"
              .formatted(String.join(" ", command)));
    }
    return said;
  }
}
