package io.chronoscope.cli.bundle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// Packs a folder as `.tar.gz`, with its links, its executable files and its times: the JVM uses a
/// start cache only with jars of the same time.
final class BundleArchive {

  private static final int EXECUTABLE = 0755;
  private static final int READABLE = 0644;

  private BundleArchive() {}

  /// @param folder becomes the only folder at the top of the archive
  static void write(Path folder, Path archive) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException("cannot pack the root folder");
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder.toAbsolutePath())) {
      all = walk.sorted().toList();
    }
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(archive));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(file))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (Path path : all) {
        add(tar, path, parent.relativize(path).toString());
      }
    }
  }

  private static void add(TarArchiveOutputStream tar, Path path, String name) throws IOException {
    TarArchiveEntry entry;
    if (Files.isSymbolicLink(path)) {
      entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
      entry.setLinkName(Files.readSymbolicLink(path).toString());
    } else if (Files.isDirectory(path)) {
      entry = new TarArchiveEntry(name + "/");
      entry.setMode(EXECUTABLE);
    } else {
      entry = new TarArchiveEntry(name);
      entry.setSize(Files.size(path));
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      entry.setMode(
          permissions.contains(PosixFilePermission.OWNER_EXECUTE) ? EXECUTABLE : READABLE);
    }
    entry.setIds(0, 0);
    entry.setLastModifiedTime(
        Files.getLastModifiedTime(path, java.nio.file.LinkOption.NOFOLLOW_LINKS));
    tar.putArchiveEntry(entry);
    if (entry.isFile() && !entry.isSymbolicLink()) {
      Files.copy(path, tar);
    }
    tar.closeArchiveEntry();
  }
}
