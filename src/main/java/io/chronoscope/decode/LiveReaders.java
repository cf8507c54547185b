package io.chronoscope.decode;

import java.time.InstantSource;

/// Opens connections to live sources. The interface exchanges values and bytes only, so an
/// implementation may read them in another process.
public interface LiveReaders extends AutoCloseable {

  /// In this process, where a source that crashes FFmpeg is the crash of all.
  LiveReaders IN_PROCESS =
      new LiveReaders() {
        @Override
        public LiveReader rtsp(
            String stream, String url, LiveSettings settings, InstantSource clock) {
          return FfmpegLiveReader.rtsp(url, settings, clock, FfmpegLiveReader.Progress.IGNORED);
        }

        @Override
        public LiveReader of(
            String stream, ByteFeed feed, LiveSettings settings, InstantSource clock) {
          return FfmpegLiveReader.of(feed, settings, clock, FfmpegLiveReader.Progress.IGNORED);
        }
      };

  /// Reads from an RTSP server, by TCP.
  ///
  /// @param stream whose source it is, for those who follow what happens to it
  /// @param url with credentials, percent-encoded, if the server wants some
  /// @param clock when packets arrive
  LiveReader rtsp(String stream, String url, LiveSettings settings, InstantSource clock);

  /// Reads bytes that arrive.
  ///
  /// @param feed is closed with the reader
  /// @param clock when packets arrive
  LiveReader of(String stream, ByteFeed feed, LiveSettings settings, InstantSource clock);

  /// Opens no more connections.
  @Override
  default void close() {}
}
