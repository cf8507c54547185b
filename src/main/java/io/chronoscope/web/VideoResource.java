package io.chronoscope.web;

import io.chronoscope.decode.Clip;
import io.chronoscope.decode.MediaTask.ClipMode;
import io.chronoscope.decode.PlayableSegment;
import io.chronoscope.domain.StreamClock;
import io.chronoscope.web.access.Callers;
import io.chronoscope.web.access.Role;
import io.chronoscope.web.play.ClipCache.Cached;
import io.chronoscope.web.play.Clips;
import io.chronoscope.web.play.Playlists;
import io.chronoscope.web.play.Stills;
import io.chronoscope.web.problem.Problem;
import io.chronoscope.wire.Rfc3339;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// The retained video of a stream: clips, pictures, playlists.
@Path("/streams/{id}")
@RolesAllowed(Role.VIEWER)
@Tag(name = "Video", description = "Plays what is retained")
public class VideoResource {

  /// Absolute time of the clip's first frame: its time zero.
  static final String START = "Chronoscope-Start";

  /// Absolute time of the end of its last frame.
  static final String END = "Chronoscope-End";

  private static final String REQUESTED_START = "Chronoscope-Requested-Start";
  private static final String REQUESTED_END = "Chronoscope-Requested-End";
  private static final String MP4 = "video/mp4";
  private static final String JPEG = "image/jpeg";
  private static final String PLAYLIST = "application/vnd.apple.mpegurl";
  private static final int DEFAULT_WIDTH_PX = 320;
  private static final int MAX_WIDTH_PX = 1920;

  /// Retained video does not change, but access to it may.
  private static final String CACHE_FOR_LONG = "private, max-age=3600";

  private final Callers callers;
  private final Clips clips;
  private final Stills stills;
  private final Playlists playlists;

  VideoResource(Callers callers, Clips clips, Stills stills, Playlists playlists) {
    this.callers = callers;
    this.clips = clips;
    this.stills = stills;
    this.playlists = playlists;
  }

  @GET
  @Path("clip")
  @Produces({MP4, Problem.CONTENT_TYPE})
  @Operation(
      operationId = "getClip",
      summary = "A clip",
      description =
          "The video of a time range as one MP4, as it is encoded: it starts with the last key"
              + " frame before the range. Ranges of bytes are served, so that a browser can seek.")
  @APIResponse(
      responseCode = "200",
      description = "The clip",
      headers = {
        @Header(
            name = START,
            description = "Time of the clip's first frame",
            schema = @Schema(type = SchemaType.STRING)),
        @Header(
            name = END,
            description = "End of its last frame",
            schema = @Schema(type = SchemaType.STRING))
      },
      content = @Content(mediaType = MP4))
  public Response clip(
      @Parameter(ref = "streamId") @PathParam("id") String id,
      @Parameter(ref = "from") @QueryParam("from") @Nullable String from,
      @Parameter(ref = "to") @QueryParam("to") @Nullable String to,
      @Parameter(description = "Whether video that a browser cannot play is encoded again as H.264")
          @QueryParam("transcode")
          @Nullable String transcode,
      @HeaderParam("Range") @Nullable String range,
      @HeaderParam("If-Range") @Nullable String ifRange,
      @HeaderParam("If-None-Match") @Nullable String ifNoneMatch) {
    callers.current().requireStream(id);
    Instant start = Parameters.requiredTime("from", from);
    Instant end = Parameters.requiredTime("to", to);
    ClipMode mode = Parameters.flag("transcode", transcode) ? ClipMode.ENCODE : ClipMode.COPY;
    Cached made = clips.make(id, start, end, mode);
    Clip clip = made.clip();
    EntityTag tag = new EntityTag(made.key());
    if (("\"" + made.key() + "\"").equals(ifNoneMatch)) {
      return Response.notModified(tag).build();
    }
    Response.ResponseBuilder response =
        FileRanges.respond(made.file(), made.sizeBytes(), tag, range, ifRange)
            .type(MP4)
            .header(START, time(clip.startMicros()))
            .header(END, time(clip.endMicros()))
            .header(REQUESTED_START, Rfc3339.format(start))
            .header(REQUESTED_END, Rfc3339.format(end))
            .header(HttpHeaders.CACHE_CONTROL, "private, no-cache");
    if (clip.end() == Clip.End.MEDIA_CHANGES) {
      response.header("Chronoscope-Ends-Because", "media-changes");
    }
    return response.build();
  }

  private static String time(long micros) {
    return Rfc3339.format(StreamClock.ofEpochMicros(micros));
  }

  @GET
  @Path("thumbnail")
  @Produces({JPEG, Problem.CONTENT_TYPE})
  @Operation(
      operationId = "getThumbnail",
      summary = "A picture",
      description = "What the stream showed at a time, as JPEG.")
  @APIResponse(
      responseCode = "200",
      description = "The picture",
      content = @Content(mediaType = JPEG))
  public Response thumbnail(
      @Parameter(ref = "streamId") @PathParam("id") String id,
      @Parameter(
              description = "The time, RFC 3339",
              required = true,
              example = "2026-05-04T12:00:03.5Z")
          @QueryParam("at")
          @Nullable String at,
      @Parameter(description = "The most pixels in width, 16 to 1920", example = "320")
          @QueryParam("width")
          @Nullable String width) {
    callers.current().requireStream(id);
    Instant time = Parameters.requiredTime("at", at);
    int widthPx = Parameters.number("width", width, 16, MAX_WIDTH_PX, DEFAULT_WIDTH_PX);
    return Response.ok(stills.at(id, time, widthPx), JPEG)
        .header(HttpHeaders.CACHE_CONTROL, CACHE_FOR_LONG)
        .build();
  }

  @GET
  @Path("playlist.m3u8")
  @Produces({PLAYLIST, Problem.CONTENT_TYPE})
  @Operation(
      operationId = "getPlaylist",
      summary = "A playlist",
      description =
          "HTTP Live Streaming over the retained chunks, one segment each, with the date and time"
              + " of each. Without `to` it grows until the stream ends; the latest 2,000 chunks.")
  @APIResponse(
      responseCode = "200",
      description = "The playlist",
      content = @Content(mediaType = PLAYLIST))
  public Response playlist(
      @Parameter(ref = "streamId") @PathParam("id") String id,
      @Parameter(ref = "from") @QueryParam("from") @Nullable String from,
      @Parameter(ref = "to") @QueryParam("to") @Nullable String to) {
    callers.current().requireStream(id);
    return Response.ok(
            playlists.of(id, Parameters.time("from", from), Parameters.time("to", to)), PLAYLIST)
        .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
        .build();
  }

  @GET
  @Path("segments/{position}/init.mp4")
  @Produces({MP4, Problem.CONTENT_TYPE})
  @Operation(
      operationId = "getSegmentInitialization",
      summary = "Initialization of a segment",
      description = "What a playlist names as `EXT-X-MAP`.")
  @APIResponse(
      responseCode = "200",
      description = "`ftyp` and `moov`",
      content = @Content(mediaType = MP4))
  public Response initialization(
      @Parameter(ref = "streamId") @PathParam("id") String id,
      @Parameter(description = "Position of the chunk, as in the playlist", example = "0-17")
          @PathParam("position")
          String position) {
    return bytes(segment(id, position).initialization());
  }

  @GET
  @Path("segments/{position}/media.m4s")
  @Produces({MP4, Problem.CONTENT_TYPE})
  @Operation(
      operationId = "getSegment",
      summary = "A segment",
      description = "The fragments of one chunk.")
  @APIResponse(
      responseCode = "200",
      description = "The fragments",
      content = @Content(mediaType = MP4))
  public Response media(
      @Parameter(ref = "streamId") @PathParam("id") String id,
      @Parameter(description = "Position of the chunk, as in the playlist", example = "0-17")
          @PathParam("position")
          String position) {
    return bytes(segment(id, position).media());
  }

  private PlayableSegment segment(String id, String position) {
    callers.current().requireStream(id);
    return playlists.segment(id, position);
  }

  private static Response bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return Response.ok(bytes, MP4).header(HttpHeaders.CACHE_CONTROL, CACHE_FOR_LONG).build();
  }
}
