package io.chronoscope.decode.worker;

import io.chronoscope.decode.worker.MessageCodec.MalformedMessageException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// Messages over a pair of pipes, each after its length. One thread receives; any may send.
final class MessageChannel {

  /// For [Message.Select] of 500,000 frames.
  static final int MAX_BYTES = 8 << 20;

  private final DataInputStream in;
  private final OutputStream out;

  MessageChannel(InputStream in, OutputStream out) {
    this.in = new DataInputStream(in);
    this.out = out;
  }

  void send(Message message) throws IOException {
    byte[] bytes = MessageCodec.encode(message);
    if (bytes.length > MAX_BYTES) {
      throw new MalformedMessageException(
          "a %s of %d bytes, at most %d are allowed"
              .formatted(message.getClass().getSimpleName(), bytes.length, MAX_BYTES));
    }
    ByteBuffer framed = ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes);
    synchronized (out) {
      // In one call, so that the other side wakes up once.
      out.write(framed.array());
      out.flush();
    }
  }

  /// Sends a message and waits for the answer.
  Message ask(Message message) throws IOException {
    send(message);
    return receive();
  }

  /// Waits for the next message.
  ///
  /// @throws EOFException when the other side is gone
  Message receive() throws IOException {
    int length = in.readInt();
    if (length <= 0 || length > MAX_BYTES) {
      throw new MalformedMessageException("a message of %d bytes".formatted(length));
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return MessageCodec.decode(ByteBuffer.wrap(bytes));
  }
}
