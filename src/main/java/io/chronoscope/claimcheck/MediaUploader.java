package io.chronoscope.claimcheck;

import io.chronoscope.decode.UnreadableMediaException;
import io.chronoscope.domain.StreamInput.Media;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;

/// Puts a producer's chunks where the service may fetch them, and says by what reference.
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

  /// @param to `file` for the first root, or `s3://bucket/prefix`
  /// @throws IllegalArgumentException when it is neither, or no place the settings allow
  public static MediaUploader open(String to, ReferenceSettings settings) {
    if (to.toLowerCase(Locale.ROOT).startsWith("s3://")) {
      return objects(URI.create(to), settings);
    }
    if (!to.equals("file")) {
      throw new IllegalArgumentException(to + " is neither file nor s3://bucket/prefix");
    }
    if (settings.roots().isEmpty()) {
      throw new IllegalArgumentException("no root for files is set (" + FileSource.SETTING + ")");
    }
    Path root = settings.roots().getFirst();
    return new MediaUploader((name, type, media) -> write(root.resolve(name), media), () -> {});
  }

  private static MediaUploader objects(URI to, ReferenceSettings settings) {
    S3Source place = new S3Source(settings.objects(), settings.timeout());
    String path = to.getPath() == null ? "" : to.getPath();
    String prefix = path.replaceAll("^/+|/+$", "");
    String bucket = String.valueOf(to.getRawAuthority());
    if (!settings.objects().buckets().contains(bucket)) {
      throw new IllegalArgumentException(
          to + " lies in a bucket that is not allowed (" + S3Source.SETTING + ")");
    }
    return new MediaUploader(
        (name, type, media) ->
            place.put(
                new S3Source.Address(bucket, prefix.isEmpty() ? name : prefix + "/" + name),
                type,
                media),
        place);
  }

  /// Writes one chunk. The same bytes of the same chunk get the same name.
  ///
  /// @throws IOException when it could not be written
  public Media.Reference put(String stream, long sequence, String contentType, byte[] media)
      throws IOException {
    String sha256 = HexFormat.of().formatHex(VerifiedRead.sha256().digest(media));
    String name =
        "%s/%08d-%s%s"
            .formatted(folder(stream), sequence, sha256.substring(0, 16), ending(contentType));
    try {
      return new Media.Reference(writer.write(name, contentType, media), media.length, sha256);
    } catch (UnreadableMediaException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// A stream's name as one harmless folder.
  private static String folder(String stream) {
    String name = URLEncoder.encode(stream, StandardCharsets.UTF_8).replace("+", "%20");
    return name.startsWith(".") ? "%2E" + name.substring(1) : name;
  }

  private static String ending(String contentType) {
    return switch (contentType) {
      case "video/mp4" -> ".mp4";
      case "video/webm" -> ".webm";
      case "video/mp2t" -> ".ts";
      case "video/x-matroska" -> ".mkv";
      default -> "";
    };
  }

  /// Whole or not at all: a reader never finds half of it.
  private static URI write(Path file, byte[] media) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    // Not a temporary file of Java's: those are for their owner only.
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
      throw new IllegalStateException("cannot close the place for media", e);
    }
  }
}
