package io.chronoscope.decode.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronoscope.decode.DecodeLimits;
import io.chronoscope.decode.worker.Message.Decode;
import io.chronoscope.decode.worker.Message.Frame;
import io.chronoscope.decode.worker.Message.Missing;
import io.chronoscope.decode.worker.Message.Ready;
import io.chronoscope.decode.worker.Message.Select;
import io.chronoscope.decode.worker.Message.SinkKind;
import io.chronoscope.decode.worker.Message.Taken;
import io.chronoscope.decode.worker.Message.Unreadable;
import io.chronoscope.decode.worker.Message.Wants;
import io.chronoscope.decode.worker.MessageCodec.MalformedMessageException;
import io.chronoscope.domain.Rejection.Reason;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageCodecTest {

  private static final List<Message> MESSAGES =
      List.of(
          new Decode(DecodeLimits.DEFAULTS, 1L << 40, SinkKind.SELECTIVE),
          new Taken(),
          new Ready(
              "/proc/self/fd/7",
              List.of(Protection.CPU_TIME),
              List.of(new Missing(Protection.NAMESPACES, "ü"))),
          new Wants(3, -1, Long.MAX_VALUE),
          new Frame(0, 1, 2, 640, 360, 4096),
          new Unreadable(9, Reason.CORRUPT, "30 of 40 frames are damaged"));

  @Test
  void readsWhatItWrites() throws Exception {
    for (Message message : MESSAGES) {
      assertThat(MessageCodec.decode(ByteBuffer.wrap(MessageCodec.encode(message))))
          .isEqualTo(message);
    }
    Select select = new Select(new long[] {0, 40_000, 40_000, 80_000});
    Message read = MessageCodec.decode(ByteBuffer.wrap(MessageCodec.encode(select)));
    assertThat(((Select) read).times()).isEqualTo(select.times());
  }

  /// Whatever a worker says, it is a message or it is refused, without large allocations.
  @Test
  void refusesMutatedMessages() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = MessageCodec.encode(MESSAGES.get(random.nextInt(MESSAGES.size())));
      for (int change = 1 + random.nextInt(4); change > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      ByteBuffer cut = ByteBuffer.wrap(bytes, 0, 1 + random.nextInt(bytes.length));
      try {
        assertThat(MessageCodec.decode(cut)).isNotNull();
      } catch (MalformedMessageException e) {
        assertThat(e).as("seed %d", seed).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void refusesMessagesBeyondTheMaximum() {
    byte[] length = ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array();
    MessageChannel channel =
        new MessageChannel(new ByteArrayInputStream(length), OutputStream.nullOutputStream());
    assertThatThrownBy(channel::receive).isInstanceOf(MalformedMessageException.class);
  }
}
