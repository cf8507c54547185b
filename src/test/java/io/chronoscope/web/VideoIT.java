package io.chronoscope.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.FfmpegDecoder;
import io.chronoscope.decode.MediaFacts;
import io.chronoscope.domain.PercentEncoding;
import io.chronoscope.testing.Await;
import io.chronoscope.testing.Frames;
import io.chronoscope.testing.TestMedia;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// Uploads video and plays it.
@QuarkusTest
@TestProfile(ServedWithoutModel.class)
class VideoIT {

  @TestHTTPResource URI root;

  @Test
  void anUploadedFilePlays() throws Exception {
    Http http = new Http(root);
    upload(http, "played", "libopenh264", "2026-05-04T12:00:00Z");
    String path = "/api/streams/played/clip?from=2026-05-04T12:00:01.5Z&to=2026-05-04T12:00:02.5Z";

    HttpResponse<byte[]> whole = http.bytes(path);

    assertThat(whole.statusCode()).as(new String(whole.body())).isEqualTo(200);
    assertThat(whole.headers().firstValue("Chronoscope-Start"))
        .contains("2026-05-04T12:00:01.000Z");
    assertThat(whole.headers().firstValue("Chronoscope-End")).contains("2026-05-04T12:00:02.520Z");
    MediaFacts facts = decode(whole.body());
    assertThat(facts.frames()).isEqualTo(38);
    assertThat(facts.codec()).isEqualTo("h264");

    HttpResponse<byte[]> part = http.bytes(path, "Range", "bytes=100-199");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole.body(), 100, 200));
    assertThat(part.headers().firstValue("Content-Range"))
        .contains("bytes 100-199/" + whole.body().length);
    assertThat(http.bytes(path, "Range", "bytes=-50").body())
        .isEqualTo(Arrays.copyOfRange(whole.body(), whole.body().length - 50, whole.body().length));
    assertThat(http.bytes(path, "Range", "bytes=999999999-").statusCode()).isEqualTo(416);
    String tag = whole.headers().firstValue("ETag").orElseThrow();
    assertThat(http.bytes(path, "If-None-Match", tag).statusCode()).isEqualTo(304);
  }

  @Test
  void aPlaylistListsTheChunksWithTheirTimes() throws Exception {
    Http http = new Http(root);
    upload(http, "listed/ä", "libopenh264", "2026-05-04T13:00:00Z");

    String playlist = http.get("/api/streams/listed%2F%C3%A4/playlist.m3u8").body();

    assertThat(playlist)
        .startsWith("#EXTM3U\n")
        .contains(
            "#EXT-X-PROGRAM-DATE-TIME:2026-05-04T13:00:00.000Z",
            "#EXT-X-PROGRAM-DATE-TIME:2026-05-04T13:00:03.000Z",
            "#EXTINF:1.000,",
            "#EXT-X-ENDLIST");
    var segment = Pattern.compile("segments/\\d+-\\d+(?=/media.m4s)").matcher(playlist);
    assertThat(segment.find()).isTrue();
    String base = "/api/streams/listed%2F%C3%A4/" + segment.group();
    byte[] init = http.bytes(base + "/init.mp4").body();
    byte[] media = http.bytes(base + "/media.m4s").body();
    byte[] joined = Arrays.copyOf(init, init.length + media.length);
    System.arraycopy(media, 0, joined, init.length, media.length);
    assertThat(decode(joined).frames()).isEqualTo(25);
    assertThat(
            http.get(
                    "/api/streams/another"
                        + base.substring(base.indexOf("/segments"))
                        + "/init.mp4")
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void aThumbnailShowsTheTime() throws Exception {
    Http http = new Http(root);
    upload(http, "shown", "libopenh264", "2026-05-04T14:00:00Z");

    HttpResponse<byte[]> picture =
        http.bytes("/api/streams/shown/thumbnail?at=2026-05-04T14:00:02.7Z&width=64");

    assertThat(picture.statusCode()).isEqualTo(200);
    assertThat(picture.headers().firstValue("Content-Type")).contains("image/jpeg");
    assertThat(picture.body()).startsWith(0xFF, 0xD8);
  }

  @Test
  void whatABrowserCannotPlayIsSaidAndEncodedOnRequest() throws Exception {
    Http http = new Http(root);
    upload(http, "old", "mpeg4", "2026-05-04T15:00:00Z");
    String path = "/api/streams/old/clip?from=2026-05-04T15:00:01Z&to=2026-05-04T15:00:02Z";

    HttpResponse<String> refused = http.get(path);
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(Http.parse(refused.body()).get("reason").asText()).isEqualTo("not_playable");
    assertThat(Http.parse(refused.body()).get("detail").asText()).contains("mpeg4");

    HttpResponse<byte[]> encoded = http.bytes(path + "&transcode=true");
    assertThat(encoded.statusCode()).isEqualTo(200);
    assertThat(decode(encoded.body()).codec()).isEqualTo("h264");
  }

  @Test
  void aChunkGoesToItsPlace() throws Exception {
    Http http = new Http(root);
    byte[] media = TestMedia.video().codec("libopenh264").fps(25).frames(25).bytes();

    HttpResponse<String> sent =
        http.send(
            "POST",
            "/api/streams/single/chunks?start=2026-05-04T16:00:00Z&sequence=0",
            BodyPublishers.ofByteArray(media),
            "Content-Type",
            "video/mp4");

    assertThat(sent.statusCode()).as(sent.body()).isEqualTo(201);
    assertThat(Http.parse(sent.body()).get("durationMs").asLong()).isEqualTo(1000);
    assertThat(
            http.bytes("/api/streams/single/clip?from=2026-05-04T16:00:00Z&to=2026-05-04T16:00:01Z")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void whatRetentionRemovedIsGone() throws Exception {
    Http http = new Http(root);
    byte[] media = TestMedia.video().codec("libopenh264").fps(25).frames(25).bytes();
    JsonNode at = null;
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> sent =
          http.send(
              "POST",
              "/api/streams/gone/chunks?start=2026-05-04T17:00:0%dZ&sequence=%d".formatted(i, i),
              BodyPublishers.ofByteArray(media));
      at = Http.parse(sent.body()).get("at");
    }
    String path = "/api/streams/gone/clip?from=2026-05-04T17:00:00Z&to=2026-05-04T17:00:00.900Z";
    assertThat(http.bytes(path).statusCode()).isEqualTo(200);
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", ServedWithoutModel.Broker.servers))) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition("video.chunks", at.get("partition").asInt()),
                  RecordsToDelete.beforeOffset(at.get("offset").asLong())))
          .all()
          .get();
    }

    HttpResponse<String> gone =
        Await.answer(() -> http.get(path), answer -> answer.statusCode() == 410);

    assertThat(gone.statusCode()).as(gone.body()).isEqualTo(410);
    assertThat(Http.parse(gone.body()).get("detail").asText())
        .contains("retention of video.chunks", "2026-05-04T17:00:01Z");
    assertThat(
            http.bytes("/api/streams/gone/clip?from=2026-05-04T17:00:01Z&to=2026-05-04T17:00:02Z")
                .statusCode())
        .isEqualTo(200);
  }

  private static void upload(Http http, String stream, String codec, String start) {
    byte[] media = TestMedia.video().codec(codec).fps(25).frames(100).group(25).bytes();
    HttpResponse<String> sent =
        http.send(
            "POST",
            "/api/streams/%s/files?chunkSeconds=1&start=%s"
                .formatted(PercentEncoding.of(stream), start),
            BodyPublishers.ofByteArray(media),
            "Content-Type",
            "video/mp4");
    assertThat(sent.statusCode()).as(sent.body()).isEqualTo(201);
    JsonNode json = Http.parse(sent.body());
    assertThat(json.get("chunks").asInt()).isEqualTo(4);
    assertThat(json.get("durationMs").asInt()).isEqualTo(4000);
  }

  private static MediaFacts decode(byte[] media) throws Exception {
    return new FfmpegDecoder().decode(ByteBuffer.wrap(media), DecodeLimits.DEFAULTS, Frames.none());
  }
}
