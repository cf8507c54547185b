package io.chronoscope.claimcheck;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// Regular files under the configured roots. A path outside the roots is rejected without touching
/// the file system; a symbolic link that leads out of the roots is rejected.
final class FileSource implements MediaSource {

  static final String SETTING = "chronoscope.references.roots";

  private final List<Path> roots;

  FileSource(List<Path> roots) {
    this.roots = roots.stream().map(Path::normalize).toList();
  }

  @Override
  public OpenMedia open(URI uri) throws UnreadableMediaException, IOException {
    if (roots.isEmpty()) {
      throw forbidden(uri, "is a file, but no root directory is configured (" + SETTING + ")");
    }
    Path file = path(uri);
    List<Path> realRoots = new ArrayList<>();
    boolean underOne = false;
    for (Path root : roots) {
      // A missing root may be a volume that is not mounted yet, so a retry may succeed.
      Path real = real(root);
      realRoots.add(real);
      underOne |= file.startsWith(root) || file.startsWith(real);
    }
    if (!underOne) {
      throw forbidden(uri, "is outside the root directories (" + SETTING + ")");
    }
    try {
      Path real = file.toRealPath();
      if (realRoots.stream().noneMatch(real::startsWith)) {
        throw forbidden(uri, "is a link out of the root directories (" + SETTING + ")");
      }
      if (!Files.isRegularFile(real, NOFOLLOW_LINKS)) {
        throw forbidden(uri, "is not a regular file");
      }
      SeekableByteChannel channel = Files.newByteChannel(real, Set.of(READ, NOFOLLOW_LINKS));
      InputStream bytes = Channels.newInputStream(channel);
      return new OpenMedia(bytes, OptionalLong.of(channel.size()), () -> close(bytes));
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw missing(uri);
    } catch (AccessDeniedException e) {
      throw forbidden(uri, "is not readable by this process");
    } catch (FileSystemException e) {
      // There is no exception type for a path component that is a file.
      if (String.valueOf(e.getReason()).contains("Not a directory")) {
        throw missing(uri);
      }
      throw e;
    }
  }

  private static Path real(Path root) throws IOException {
    try {
      return root.toRealPath();
    } catch (IOException e) {
      throw new IOException("a root directory (" + SETTING + ") cannot be read", e);
    }
  }

  private static Path path(URI uri) throws UnreadableMediaException {
    if (uri.isOpaque()
        || uri.getRawAuthority() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw forbidden(uri, "is not of the form file:///path without host, query and fragment");
    }
    Path file;
    try {
      file = Path.of(uri);
    } catch (IllegalArgumentException e) {
      throw forbidden(uri, "is not a file path");
    }
    for (Path name : file) {
      if (name.toString().equals("..") || name.toString().equals(".")) {
        throw forbidden(uri, "contains . or .. in its path");
      }
    }
    return file;
  }

  private static void close(InputStream bytes) {
    try {
      bytes.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static UnreadableMediaException forbidden(URI uri, String why) {
    return new UnreadableMediaException(Reason.REFERENCE_FORBIDDEN, uri + " " + why);
  }

  private static UnreadableMediaException missing(URI uri) {
    return new UnreadableMediaException(Reason.REFERENCE_MISSING, uri + " does not exist");
  }
}
