/// HLS (RFC 8216): playlists, and their segments as one stream of bytes.
/// [io.chronoscope.live.hls.Playlist] reads the text, [io.chronoscope.live.hls.HlsFeed] follows a
/// playlist that grows and downloads what is new by [io.chronoscope.live.hls.HttpDownloads].
@NullMarked
package io.chronoscope.live.hls;

import org.jspecify.annotations.NullMarked;
