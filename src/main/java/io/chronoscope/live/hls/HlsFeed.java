package io.chronoscope.live.hls;

import io.chronoscope.decode.ByteFeed;
import io.chronoscope.domain.SourceClock;
import io.chronoscope.live.hls.Playlist.Media;
import io.chronoscope.live.hls.Playlist.Part;
import io.chronoscope.live.hls.Playlist.Segment;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The segments of a playlist as one stream of bytes, up to the playlist's end or the next
/// discontinuity. [Cursor] remembers how far it was read, so that the next feed continues there: a
/// short interruption loses nothing that the playlist still lists.
public final class HlsFeed implements ByteFeed {

  private static final int MAX_PLAYLIST_BYTES = 8 << 20;

  /// A new reader of a live playlist starts with the last of its segments (RFC 8216, 6.3.3).
  private static final int START_SEGMENTS = 3;

  /// Higher qualities than the analysis uses only cost bandwidth.
  private static final long MAX_BITS_PER_SECOND = 10_000_000;

  private static final int MAX_MARKS = 64;

  /// How far a playlist was read. For use by one thread.
  public static final class Cursor {
    private long next = -1;
    private boolean ended;

    /// Whether the playlist's last segment was read and no more will follow.
    public boolean isEnded() {
      return ended;
    }
  }

  private final HttpDownloads downloads;
  private final Cursor cursor;
  private final InstantSource clock;
  private final long maxSegmentBytes;
  private final Duration stall;
  private final Deque<Mark> marks = new ArrayDeque<>();
  private final Deque<Segment> ready = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private URI playlist;
  private Duration target = Duration.ofSeconds(10);
  private Instant listedAt = Instant.EPOCH;
  private Optional<Part> map = Optional.empty();
  private boolean any;
  private byte[] current = {};
  private int read;
  private long position;
  private long polledNanos;
  private long changedNanos = System.nanoTime();

  /// @param stall how long a playlist may stay as it is; three of its target durations at least
  public HlsFeed(
      URI playlist,
      HttpDownloads downloads,
      Cursor cursor,
      InstantSource clock,
      long maxSegmentBytes,
      Duration stall) {
    this.playlist = playlist;
    this.downloads = downloads;
    this.cursor = cursor;
    this.clock = clock;
    this.maxSegmentBytes = maxSegmentBytes;
    this.stall = stall;
  }

  /// Reads the playlist for the first time.
  ///
  /// @return how long new video can take to appear in it
  public Duration open() throws IOException {
    poll();
    return target.multipliedBy(3);
  }

  @Override
  public int read(byte[] into, int length) throws IOException {
    while (read == current.length) {
      if (closed.getCount() == 0 || !next()) {
        return -1;
      }
    }
    int n = Math.min(length, current.length - read);
    System.arraycopy(current, read, into, 0, n);
    read += n;
    position += n;
    return n;
  }

  /// Downloads the next segment.
  ///
  /// @return false when this feed ends before it
  private boolean next() throws IOException {
    while (ready.isEmpty()) {
      if (cursor.ended || !awaitPoll()) {
        return false;
      }
      poll();
    }
    Segment segment = ready.getFirst();
    boolean isOther =
        segment.discontinuity()
            || !segment.map().equals(map)
            || segment.sequence() != cursor.next; // some were no longer listed
    if (any && isOther) {
      return false;
    }
    byte[] head = {};
    if (!any && segment.map().isPresent()) {
      Part part = segment.map().get();
      head = downloads.get(part.uri(), part.range(), maxSegmentBytes).bytes();
    }
    byte[] body = decrypted(segment);
    map = segment.map();
    any = true;
    ready.removeFirst();
    cursor.next = segment.sequence() + 1;
    mark(segment, position + head.length);
    current = head.length == 0 ? body : concatenated(head, body);
    read = 0;
    return true;
  }

  private static byte[] concatenated(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  /// Without a stated time, the last segment of a playlist ends when the playlist lists it.
  private void mark(Segment segment, long at) {
    Duration after = ready.stream().map(Segment::duration).reduce(Duration.ZERO, Duration::plus);
    synchronized (marks) {
      marks.addLast(
          segment
              .time()
              .map(time -> new Mark(at, time, SourceClock.PROGRAM_DATE_TIME))
              .orElseGet(() ->
                  new Mark(
                      at, listedAt.minus(after).minus(segment.duration()), SourceClock.ARRIVAL)));
      if (marks.size() > MAX_MARKS) {
        marks.removeFirst();
      }
    }
  }

  @Override
  public Optional<Mark> markAt(long at) {
    synchronized (marks) {
      @Nullable Mark last = null;
      for (Mark mark : marks) {
        if (mark.position() <= at) {
          last = mark;
        }
      }
      return Optional.ofNullable(last);
    }
  }

  private byte[] decrypted(Segment segment) throws IOException {
    byte[] bytes = downloads.get(segment.uri(), segment.range(), maxSegmentBytes).bytes();
    if (segment.key().isEmpty()) {
      return bytes;
    }
    Playlist.Key key = segment.key().get();
    byte[] secret = downloads.get(key.uri(), Optional.empty(), 1024).bytes();
    byte[] iv =
        HexFormat.of()
            .parseHex(
                key.iv()
                    .map(hex -> "0".repeat(Math.max(0, 32 - hex.length())) + hex)
                    .orElseGet(() -> "%032x".formatted(segment.sequence())));
    try {
      Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
      cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(secret, "AES"), new IvParameterSpec(iv));
      return cipher.doFinal(bytes);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("segment %d cannot be decrypted".formatted(segment.sequence()), e);
    }
  }

  /// @return false when this feed was closed meanwhile
  private boolean awaitPoll() throws IOException {
    long least = target.dividedBy(2).toNanos();
    Duration most = stall.compareTo(target.multipliedBy(3)) > 0 ? stall : target.multipliedBy(3);
    if (System.nanoTime() - changedNanos > most.toNanos()) {
      throw new IOException(
          "the playlist has not changed for %.0f s".formatted(most.toMillis() / 1e3));
    }
    try {
      long wait = polledNanos + least - System.nanoTime();
      return !closed.await(Math.max(1, wait), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void poll() throws IOException {
    Media media = media();
    polledNanos = System.nanoTime();
    listedAt = clock.instant();
    target = media.target().isPositive() ? media.target() : target;
    List<Segment> segments = media.segments();
    if (segments.isEmpty()) {
      cursor.ended = media.ended();
      return;
    }
    long first = segments.getFirst().sequence();
    long last = segments.getLast().sequence();
    if (cursor.next > last + 1) {
      cursor.next = -1; // the server has started over
    }
    if (cursor.next < 0) {
      cursor.next = media.ended() ? first : Math.max(first, last + 1 - START_SEGMENTS);
    }
    long from = ready.isEmpty() ? cursor.next : ready.getLast().sequence() + 1;
    for (Segment segment : segments) {
      if (segment.sequence() >= from) {
        ready.addLast(segment);
        changedNanos = System.nanoTime();
      }
    }
    cursor.ended = media.ended() && ready.isEmpty();
  }

  private Media media() throws IOException {
    for (int i = 0; i < 2; i++) {
      HttpDownloads.Download download =
          downloads.get(playlist, Optional.empty(), MAX_PLAYLIST_BYTES);
      Playlist parsed =
          Playlist.parse(new String(download.bytes(), StandardCharsets.UTF_8), download.uri());
      switch (parsed) {
        case Media media -> {
          return media;
        }
        case Playlist.Master master -> playlist = master.best(MAX_BITS_PER_SECOND).uri();
      }
    }
    throw new IOException("the HLS playlist refers to another master playlist");
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
