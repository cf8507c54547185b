package io.chronoscope.ort;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/// A native library in a jar, and what it loads from its own folder.
///
/// @param main the library itself
/// @param others libraries that it loads
record PackagedLibrary(URL main, List<URL> others) {

  private static final long MAPPED_BYTES = 64L << 20;

  PackagedLibrary {
    others = List.copyOf(others);
  }

  /// Unpacks the library unless that has been done before. Processes may do so at the same time: a
  /// file appears under its name when it is complete.
  ///
  /// @return the main library, in a folder for its build under `directory`
  Path unpack(Path directory) throws IOException {
    Entry main = Entry.of(this.main);
    Path folder = directory.resolve("onnxruntime-" + main.fingerprint());
    createPrivateDirectories(folder);
    for (URL other : others) {
      unpack(Entry.of(other), folder);
    }
    return unpack(main, folder);
  }

  /// What lies there is executed, so nobody else may write it.
  private static void createPrivateDirectories(Path folder) throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    Files.createDirectories(folder);
    if (posix) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
  }

  private static Path unpack(Entry entry, Path folder) throws IOException {
    Path file = folder.resolve(entry.name());
    if (entry.isUnpackedTo(file)) {
      return file;
    }
    Path part = Files.createTempFile(folder, "unpacking", ".part");
    try (InputStream in = entry.connect().getInputStream()) {
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      if (!entry.isUnpackedTo(part)) {
        throw new IOException(entry.resource() + " is damaged");
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    return file;
  }

  /// A file in a jar, with what the jar says about it.
  private record Entry(URL resource, long bytes, long crc32) {

    static Entry of(URL resource) throws IOException {
      URLConnection connection = resource.openConnection();
      connection.setUseCaches(false);
      if (connection instanceof JarURLConnection jar) {
        try (JarFile file = jar.getJarFile()) {
          JarEntry entry = file.getJarEntry(jar.getEntryName());
          return new Entry(resource, entry.getSize(), entry.getCrc());
        }
      }
      CRC32 crc = new CRC32();
      try (CheckedInputStream in = new CheckedInputStream(connection.getInputStream(), crc)) {
        long bytes = in.transferTo(OutputStream.nullOutputStream());
        return new Entry(resource, bytes, crc.getValue());
      }
    }

    String name() {
      String path = resource.getPath();
      return path.substring(path.lastIndexOf('/') + 1);
    }

    String fingerprint() {
      return "%08x-%x".formatted(crc32, bytes);
    }

    URLConnection connect() throws IOException {
      URLConnection connection = resource.openConnection();
      connection.setUseCaches(false);
      return connection;
    }

    /// Reads the file once: 10 ms for the CPU's library.
    boolean isUnpackedTo(Path file) throws IOException {
      if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
        return false;
      }
      CRC32 crc = new CRC32();
      try (FileChannel channel = FileChannel.open(file)) {
        for (long at = 0; at < bytes; at += MAPPED_BYTES) {
          long length = Math.min(MAPPED_BYTES, bytes - at);
          crc.update(channel.map(FileChannel.MapMode.READ_ONLY, at, length));
        }
      }
      return crc.getValue() == crc32;
    }
  }
}
