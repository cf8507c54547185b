package io.chronoscope.decode;

import io.chronoscope.decode.bitstream.BrokenBytes;
import io.chronoscope.decode.bitstream.Dependence;
import io.chronoscope.decode.bitstream.VideoCodec;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;

/// Decides for each packet of a video whether its frame is intact. It is not when the container
/// says that something of the packet is missing ([VideoInput#read]), when its bytes are not what an
/// encoder writes ([BrokenBytes]), when the decoder rejects the packet, logs an error with it
/// ([DecoderLog]) or does not stop reading where it ends ([PayloadEnd]), or when it depends on a
/// frame that is not ([DamageSpread]).
///
/// Used by the thread that decodes.
final class DamageDetector implements AutoCloseable {

  private static final Logger LOG = System.getLogger(DamageDetector.class.getName());

  private final DecoderLog log;
  private final DamageSpread spread = new DamageSpread();

  /// Where packets do not say themselves that they are key frames, the container's mark counts.
  private boolean trustsKeyMarks;

  private BrokenBytes broken;
  private PayloadEnd payloadEnd;
  private final VideoPackets source;
  private final DecoderFactory decoders;

  /// Whether a missed end means damage; empty before the first end was missed.
  private Optional<Boolean> knowsEnds = Optional.empty();

  private Dependence.Reader dependences;
  private Dependence dependence = Dependence.NOTHING;
  private boolean damaged;

  /// @throws UnreadableMediaException UNSUPPORTED_CODEC
  DamageDetector(VideoPackets source, DecoderFactory decoders) throws UnreadableMediaException {
    this.source = source;
    this.decoders = decoders;
    VideoInput input = source.input();
    VideoCodec codec = SupportedCodecs.of(input.stream().codecpar());
    ByteBuffer extradata = input.extradata();
    this.broken = BrokenBytes.of(codec, extradata);
    this.payloadEnd = PayloadEnd.of(codec, extradata);
    this.dependences = Dependence.reader(codec, extradata);
    this.trustsKeyMarks = hasKeyMarksOnly(codec);
    this.log = DecoderLog.open(decoders.options().threads());
  }

  /// The following packets are of another codec and bring their own parameters.
  void switchTo(VideoCodec codec) {
    broken = BrokenBytes.of(codec, ByteBuffer.allocate(0));
    payloadEnd = PayloadEnd.of(codec, ByteBuffer.allocate(0));
    dependences = Dependence.reader(codec, ByteBuffer.allocate(0));
    trustsKeyMarks = hasKeyMarksOnly(codec);
  }

  private static boolean hasKeyMarksOnly(VideoCodec codec) {
    return switch (codec) {
      case MSMPEG4_V2, MSMPEG4_V3, WMV1, WMV2, WMV3, VC1, H263, SORENSON_H263, VP6, CINEPAK -> true;
      case H264, HEVC, VP8, VP9, AV1, MPEG4_PART2, MPEG2, MPEG1, MOTION_JPEG -> false;
      case DV, RAW, PNG, WEBP, BMP -> false;
    };
  }

  /// A packet that is going to be decoded.
  void begin(AVPacket packet) {
    var unused = log.takeError(); // of what came before
    ByteBuffer bytes = Ffmpeg.bytes(packet);
    boolean key = (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
    dependence = trustsKeyMarks && key ? Dependence.NOTHING : dependences.of(bytes);
    damaged = spread.reaches(dependence, packet.pts());
    if ((packet.flags() & avcodec.AV_PKT_FLAG_CORRUPT) != 0) {
      // The packets after it may be missing, too.
      spread.startAfter();
      damaged = true;
    } else if (broken.in(bytes)) {
      own("its bytes are none that an encoder writes");
    }
  }

  /// The packet was decoded.
  ///
  /// @param packet as it was before
  /// @param rejected whether the decoder returned an error
  /// @return whether the frame of the packet is damaged
  boolean end(AVCodecContext decoder, AVPacket packet, boolean rejected)
      throws UnreadableMediaException {
    Optional<String> error = log.takeError();
    error.ifPresent(this::own);
    if (rejected) {
      own("the decoder rejects it");
    } else if (missesEnd(decoder, packet)) {
      own("the decoder does not stop reading where it ends");
    }
    return damaged;
  }

  private boolean missesEnd(AVCodecContext decoder, AVPacket packet)
      throws UnreadableMediaException {
    return switch (payloadEnd.of(decoder, packet)) {
      case UNTOLD, REACHED -> false;
      case MISSED -> {
        if (knowsEnds.isEmpty()) {
          knowsEnds = Optional.of(PayloadEndTrial.endsAsStandardized(source, decoders));
        }
        yield knowsEnds.get();
      }
    };
  }

  private void own(String because) {
    LOG.log(Level.DEBUG, "a packet is damaged: {0}", because);
    spread.startAt(dependence);
    damaged = true;
  }

  /// Whether the next frame would be damaged if it depended on what came before.
  boolean isSpreading() {
    return spread.isSpreading();
  }

  @Override
  public void close() {
    log.close();
  }
}
