package io.chronoscope.live;

import io.chronoscope.decode.LiveReader;
import io.chronoscope.decode.LiveReaders;
import io.chronoscope.decode.LiveSettings;
import io.chronoscope.domain.PercentEncoding;
import io.chronoscope.live.hls.HlsFeed;
import io.chronoscope.live.hls.HttpDownloads;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;

/// A source that connections can be opened to, one after the other.
interface LiveSource extends AutoCloseable {

  /// What the end of a connection means that did not fail.
  enum End {
    /// Nothing more will come.
    OVER,
    /// The next connection continues at once.
    CONTINUES,
    /// The other side hung up.
    CLOSED
  }

  /// @throws IOException when the source cannot be reached; says what happened, without secrets
  SourceConnection open() throws IOException;

  End end();

  /// Whether another connection would find nothing.
  default boolean isThereOnce() {
    return false;
  }

  /// What to do when the source refuses access, behind its own words.
  default String remedy() {
    return "";
  }

  @Override
  default void close() {}

  private static String remedy(Optional<Credentials> credentials) {
    return credentials.isPresent()
        ? ""
        : "; none are set for this stream (CHRONOSCOPE_LIVE_CREDENTIALS_… or chronoscope.live.credentials-file)";
  }

  /// A video server.
  static LiveSource rtsp(
      String stream,
      URI address,
      Optional<Credentials> credentials,
      LiveSettings settings,
      LiveReaders readers,
      InstantSource clock) {
    String url = credentials.map(one -> withCredentials(address, one)).orElse(address.toString());
    return new LiveSource() {
      @Override
      public SourceConnection open() {
        return SourceConnection.of(readers.rtsp(stream, url, settings, clock));
      }

      @Override
      public End end() {
        return End.CLOSED;
      }

      @Override
      public String remedy() {
        return LiveSource.remedy(credentials);
      }
    };
  }

  private static String withCredentials(URI address, Credentials credentials) {
    return address
        .toString()
        .replaceFirst(
            "://",
            "://"
                + PercentEncoding.of(credentials.user())
                + ":"
                + PercentEncoding.of(credentials.password())
                + "@");
  }

  /// A playlist on a web server.
  static LiveSource hls(
      String stream,
      URI address,
      Optional<Credentials> credentials,
      LiveSettings settings,
      LiveReaders readers,
      InstantSource clock) {
    HttpDownloads downloads =
        new HttpDownloads(
            address, credentials.map(LiveSource::basicAuthorization), settings.readTimeout());
    HlsFeed.Cursor cursor = new HlsFeed.Cursor();
    return new LiveSource() {
      @Override
      public SourceConnection open() throws IOException {
        HlsFeed feed =
            new HlsFeed(
                address,
                downloads,
                cursor,
                clock,
                settings.maxSegmentBytes(),
                settings.readTimeout());
        Duration target = feed.open();
        // Video arrives in segments.
        Duration timeout =
            target.compareTo(settings.readTimeout()) > 0 ? target : settings.readTimeout();
        LiveReader reader =
            readers.of(
                stream,
                feed,
                new LiveSettings(
                    settings.segmentLength(),
                    timeout.multipliedBy(2),
                    settings.maxSegmentBytes(),
                    settings.treatment()),
                clock);
        return SourceConnection.of(reader, downloads::close);
      }

      @Override
      public End end() {
        return cursor.isEnded() ? End.OVER : End.CONTINUES;
      }

      @Override
      public String remedy() {
        return LiveSource.remedy(credentials);
      }

      @Override
      public void close() {
        downloads.close();
      }
    };
  }

  private static String basicAuthorization(Credentials credentials) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString(
                (credentials.user() + ":" + credentials.password())
                    .getBytes(StandardCharsets.UTF_8));
  }

  /// Datagrams.
  static LiveSource udp(
      String stream,
      SourceAddress.Udp address,
      LiveSettings settings,
      LiveReaders readers,
      InstantSource clock) {
    return new LiveSource() {
      @Override
      public SourceConnection open() throws IOException {
        return SourceConnection.of(
            readers.of(
                stream,
                UdpFeed.open(address.host(), address.port(), settings.readTimeout()),
                settings,
                clock));
      }

      @Override
      public End end() {
        return End.CLOSED;
      }
    };
  }

  /// A stream of bytes that is there once.
  static LiveSource input(
      String stream,
      InputStream in,
      LiveSettings settings,
      LiveReaders readers,
      InstantSource clock) {
    // It may pause for as long as it likes.
    LiveSettings patient =
        new LiveSettings(
            settings.segmentLength(),
            Duration.ofDays(3650),
            settings.maxSegmentBytes(),
            settings.treatment());
    return new LiveSource() {
      @Override
      public SourceConnection open() {
        return SourceConnection.of(readers.of(stream, new PipeFeed(in), patient, clock));
      }

      @Override
      public End end() {
        return End.OVER;
      }

      @Override
      public boolean isThereOnce() {
        return true;
      }
    };
  }
}
