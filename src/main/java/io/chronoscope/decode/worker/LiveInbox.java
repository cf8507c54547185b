package io.chronoscope.decode.worker;

import io.chronoscope.decode.LiveReader;
import io.chronoscope.decode.worker.Message.LiveMessage.Stop;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// In the worker of a live source, what the parent sends: requests, answers, and at any time the
/// request to stop, which is heard while FFmpeg waits for the network as well. When the parent is
/// gone, this process ends.
final class LiveInbox {

  private final MessageChannel channel;
  private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
  private @Nullable LiveReader current;
  private boolean stopped;

  LiveInbox(MessageChannel channel) {
    this.channel = channel;
  }

  void start() {
    Thread.ofPlatform().daemon().name("inbox").start(this::receive);
  }

  private void receive() {
    try {
      while (true) {
        Message message = channel.receive();
        if (message instanceof Stop) {
          stop();
        } else {
          received.add(message);
        }
      }
    } catch (EOFException e) {
      // The parent needs this worker no longer, or is gone.
      Runtime.getRuntime().halt(0);
    } catch (IOException e) {
      Runtime.getRuntime().halt(1);
    }
  }

  private synchronized void stop() {
    stopped = true;
    if (current != null) {
      current.cancel();
    }
  }

  /// @param reader is canceled when the parent says so, or has said so
  synchronized void stopsWith(LiveReader reader) {
    current = reader;
    if (stopped) {
      reader.cancel();
    }
  }

  /// No reader is to be canceled any more.
  synchronized void stopsWithNothing() {
    current = null;
  }

  /// Needs no answer.
  void send(Message message) throws IOException {
    channel.send(message);
  }

  Message ask(Message message) throws IOException {
    channel.send(message);
    return next();
  }

  /// Waits for the next message.
  Message next() throws EOFException {
    try {
      return received.take();
    } catch (InterruptedException e) {
      throw new EOFException("interrupted");
    }
  }
}
