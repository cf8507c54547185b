package io.chronoscope.claimcheck;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;

import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.Rejection.Reason;
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

/// Regular files under the roots. What is not under a root by its name is not even looked for; what
/// leads out of the roots by a symbolic link is refused.
final class FileSource implements MediaSource {

  static final String SETTING = "chronoscope.references.roots";

  private final List<Path> roots;

  FileSource(List<Path> roots) {
    this.roots = roots.stream().map(Path::normalize).toList();
  }

  @Override
  public Opened open(URI uri) throws UnreadableMediaException, IOException {
    if (roots.isEmpty()) {
      throw forbidden(uri, "is a file, and no root for files is set (" + SETTING + ")");
    }
    Path file = path(uri);
    List<Path> realRoots = new ArrayList<>();
    boolean underOne = false;
    for (Path root : roots) {
      // A root that is not there may be a volume that is not mounted yet: worth another attempt.
      Path real = real(root);
      realRoots.add(real);
      underOne |= file.startsWith(root) || file.startsWith(real);
    }
    if (!underOne) {
      throw forbidden(uri, "lies under no root for files (" + SETTING + ")");
    }
    try {
      Path real = file.toRealPath();
      if (realRoots.stream().noneMatch(real::startsWith)) {
        throw forbidden(uri, "leads by a link out of the roots for files (" + SETTING + ")");
      }
      if (!Files.isRegularFile(real, NOFOLLOW_LINKS)) {
        throw forbidden(uri, "is no regular file");
      }
      SeekableByteChannel channel = Files.newByteChannel(real, Set.of(READ, NOFOLLOW_LINKS));
      InputStream bytes = Channels.newInputStream(channel);
      return new Opened(bytes, OptionalLong.of(channel.size()), () -> close(bytes));
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw missing(uri);
    } catch (AccessDeniedException e) {
      throw forbidden(uri, "may not be read by this process");
    } catch (FileSystemException e) {
      // A component that is a file has no exception of its own.
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
      throw new IOException("a root for files (" + SETTING + ") cannot be read", e);
    }
  }

  private static Path path(URI uri) throws UnreadableMediaException {
    if (uri.isOpaque()
        || uri.getRawAuthority() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw forbidden(uri, "is not of the form file:///path, without host, query and fragment");
    }
    Path file;
    try {
      file = Path.of(uri);
    } catch (IllegalArgumentException e) {
      throw forbidden(uri, "is no path of a file");
    }
    for (Path name : file) {
      if (name.toString().equals("..") || name.toString().equals(".")) {
        throw forbidden(uri, "has . or .. in its path");
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
    return new UnreadableMediaException(Reason.REFERENCE_MISSING, uri + " is not there");
  }
}
