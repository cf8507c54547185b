package io.chronoscope.decode.bitstream;

import static io.chronoscope.decode.bitstream.PacketKind.DISPOSABLE;
import static io.chronoscope.decode.bitstream.PacketKind.RANDOM_ACCESS;
import static io.chronoscope.decode.bitstream.PacketKind.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PacketKindsTest {

  private static final ByteBuffer NO_EXTRADATA = ByteBuffer.allocate(0);

  @Test
  void h264FramesThatNothingRefersToAreDisposable() {
    assertThat(kinds(VideoCodec.H264, nal(0x67), nal(0x41), nal(0x01)))
        .as("parameter sets alone are no frame")
        .isEmpty();
    assertThat(kinds(VideoCodec.H264, join(nal(0x67), nal(0x68), nal(0x65)), nal(0x41), nal(0x01)))
        .contains(List.of(RANDOM_ACCESS, REFERENCE, DISPOSABLE));
    assertThat(kinds(VideoCodec.H264, nal(0x65), join(nal(0x01), nal(0x41))))
        .as("one slice is referred to")
        .contains(List.of(RANDOM_ACCESS, REFERENCE));
  }

  @Test
  void parameterSetsBetweenGroupsMakeDependenciesUnknown() {
    assertThat(kinds(VideoCodec.H264, nal(0x65), join(nal(0x68), nal(0x01)))).isEmpty();
    assertThat(kinds(VideoCodec.HEVC, hevc(19, 0), join(hevc(34, 0), hevc(1, 0)))).isEmpty();
  }

  @Test
  void h264LengthFieldsAreReadAsTheContainerStatesThem() {
    byte[] avcc = {1, 66, 0, 30, (byte) 0xfd, (byte) 0xe1, 0, 0};
    ByteBuffer frame = bytes(0, 3, 0x01, 9, 9);
    ByteBuffer key = bytes(0, 2, 0x65, 9, 0, 1, 0x06);
    assertThat(PacketKinds.of(VideoCodec.H264, ByteBuffer.wrap(avcc)).of(List.of(key, frame)))
        .contains(List.of(RANDOM_ACCESS, DISPOSABLE));
    ByteBuffer cut = bytes(0, 9, 0x01, 9);
    assertThat(PacketKinds.of(VideoCodec.H264, ByteBuffer.wrap(avcc)).of(List.of(key, cut)))
        .isEmpty();
  }

  @Test
  void hevcSubLayerNonReferencePicturesAreDisposableInTheHighestSubLayerOnly() {
    assertThat(kinds(VideoCodec.HEVC, hevc(21, 0), hevc(1, 0), hevc(0, 0), hevc(8, 0), hevc(9, 0)))
        .contains(List.of(RANDOM_ACCESS, REFERENCE, DISPOSABLE, DISPOSABLE, REFERENCE));
    assertThat(kinds(VideoCodec.HEVC, hevc(19, 0), hevc(0, 0), hevc(0, 1)))
        .contains(List.of(RANDOM_ACCESS, REFERENCE, DISPOSABLE));
  }

  @Test
  void vp8AndVp9DependOnEverythingSinceTheLastKeyFrame() {
    assertThat(kinds(VideoCodec.VP8, bytes(0x10), bytes(0x11)))
        .contains(List.of(RANDOM_ACCESS, REFERENCE));
    assertThat(kinds(VideoCodec.VP8, bytes(0x10), bytes(0x01))).as("not shown").isEmpty();
    assertThat(kinds(VideoCodec.VP9, bytes(0x82, 0x49), bytes(0x86, 0), bytes(0x88, 0)))
        .contains(List.of(RANDOM_ACCESS, REFERENCE, REFERENCE));
    assertThat(kinds(VideoCodec.VP9, bytes(0x80, 0x49))).as("not shown").isEmpty();
    assertThat(kinds(VideoCodec.VP9, bytes(0x80, 0x49, 0xc1)))
        .as("several frames, of which the last is shown")
        .contains(List.of(RANDOM_ACCESS));
  }

  @Test
  void av1KeyFramesNeedASequenceHeader() {
    // temporal delimiter, sequence header, frame with show_frame
    assertThat(kinds(VideoCodec.AV1, bytes(0x12, 0, 0x0a, 1, 0, 0x32, 1, 0x10)))
        .contains(List.of(RANDOM_ACCESS));
    assertThat(kinds(VideoCodec.AV1, bytes(0x12, 0, 0x32, 1, 0x10))).contains(List.of(REFERENCE));
    assertThat(kinds(VideoCodec.AV1, bytes(0x12, 0, 0x0a, 1, 0, 0x32, 1, 0x30)))
        .contains(List.of(REFERENCE));
    assertThat(kinds(VideoCodec.AV1, bytes(0x12, 0, 0x0a, 9, 0))).contains(List.of(REFERENCE));
  }

  private static Optional<List<PacketKind>> kinds(VideoCodec codec, ByteBuffer... packets) {
    return PacketKinds.of(codec, NO_EXTRADATA).of(List.of(packets));
  }

  private static ByteBuffer nal(int header) {
    return bytes(0, 0, 1, header, 9, 9);
  }

  private static ByteBuffer hevc(int type, int subLayer) {
    return bytes(0, 0, 1, type << 1, subLayer + 1, 9);
  }

  private static ByteBuffer join(ByteBuffer... parts) {
    ByteBuffer joined = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(ByteBuffer::limit).sum());
    Arrays.stream(parts).forEach(part -> joined.put(part.duplicate()));
    return joined.flip();
  }

  private static ByteBuffer bytes(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length);
    Arrays.stream(values).forEach(value -> bytes.put((byte) value));
    return bytes.flip();
  }
}
