package io.chronoscope.claimcheck;

import io.chronoscope.domain.PercentEncoding;
import io.chronoscope.domain.Sha256;
import io.chronoscope.domain.StreamInput.Media;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.UUID;

/// Uploads a producer's chunks to a source that the service may fetch from, and returns the
/// references to send instead.
public final class MediaUploader implements AutoCloseable {

  private interface Writer {
    URI write(String name, String contentType, byte[] media)
        throws IOException, UnreadableMediaException;
  }

  private final Writer writer;
  private final AutoCloseable closing;

  private MediaUploader(Writer writer, AutoCloseable closing) {
    this.writer = writer;
    this.closing = closing;
  }

  /// @param destination `file` for the first root directory, or `s3://bucket/prefix`
  /// @throws IllegalArgumentException when it is neither, or the settings do not allow it
  public static MediaUploader open(String destination, ReferenceSettings settings) {
    if (destination.toLowerCase(Locale.ROOT).startsWith("s3://")) {
      return objects(URI.create(destination), settings);
    }
    if (!destination.equals("file")) {
      throw new IllegalArgumentException(destination + " is neither file nor s3://bucket/prefix");
    }
    if (settings.roots().isEmpty()) {
      throw new IllegalArgumentException(
          "no root directory is configured (" + FileSource.SETTING + ")");
    }
    Path root = settings.roots().getFirst();
    return new MediaUploader((name, type, media) -> write(root.resolve(name), media), () -> {});
  }

  private static MediaUploader objects(URI destination, ReferenceSettings settings) {
    S3Source store = new S3Source(settings.objects(), settings.timeout());
    String path = destination.getPath() == null ? "" : destination.getPath();
    String prefix = path.replaceAll("^/+|/+$", "");
    String bucket = String.valueOf(destination.getRawAuthority());
    if (!settings.objects().buckets().contains(bucket)) {
      throw new IllegalArgumentException(
          destination + " is in a bucket that is not allowed (" + S3Source.SETTING + ")");
    }
    return new MediaUploader(
        (name, type, media) ->
            store.put(
                new S3Source.Address(bucket, prefix.isEmpty() ? name : prefix + "/" + name),
                type,
                media),
        store);
  }

  /// Uploads one chunk. Idempotent: the same chunk with the same bytes gets the same name.
  ///
  /// @return a reference with size and digest
  /// @throws IOException when the chunk cannot be written
  public Media.Reference put(String stream, long sequence, String contentType, byte[] media)
      throws IOException {
    String sha256 = Sha256.hex(media);
    String name =
        "%s/%08d-%s%s"
            .formatted(
                directory(stream), sequence, sha256.substring(0, 16), extension(contentType));
    try {
      return new Media.Reference(writer.write(name, contentType, media), media.length, sha256);
    } catch (UnreadableMediaException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// A stream's name encoded as one safe directory name.
  private static String directory(String stream) {
    String name = PercentEncoding.of(stream);
    return name.startsWith(".") ? "%2E" + name.substring(1) : name;
  }

  private static String extension(String contentType) {
    return switch (contentType) {
      case "video/mp4" -> ".mp4";
      case "video/webm" -> ".webm";
      case "video/mp2t" -> ".ts";
      case "video/x-matroska" -> ".mkv";
      default -> "";
    };
  }

  /// Writes atomically: a reader never sees a partial file.
  private static URI write(Path file, byte[] media) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    // Not Files.createTempFile: its files are readable by their owner only.
    Path unfinished = file.resolveSibling("." + UUID.randomUUID() + ".part");
    try {
      Files.write(unfinished, media);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
    return URI.create("file://" + file.toAbsolutePath().toUri().getRawPath());
  }

  @Override
  public void close() {
    try {
      closing.close();
    } catch (Exception e) {
      throw new IllegalStateException("cannot close the connection to the object store", e);
    }
  }
}
