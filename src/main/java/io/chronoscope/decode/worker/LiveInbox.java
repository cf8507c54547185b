package io.chronoscope.decode.worker;

import io.chronoscope.decode.LiveReader;
import io.chronoscope.decode.worker.Message.LiveMessage.Stop;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// In the worker of a live source, what the parent sends: answers, and at any time the request to
/// stop, which is heard while FFmpeg waits for the network as well. When the parent is gone, this
/// process ends.
final class LiveInbox {

  private final MessageChannel channel;
  private final BlockingQueue<Message> answers = new LinkedBlockingQueue<>();

  LiveInbox(MessageChannel channel) {
    this.channel = channel;
  }

  /// @param reader is canceled when the parent says so
  void start(LiveReader reader) {
    Thread.ofPlatform().daemon().name("inbox").start(() -> receive(reader));
  }

  private void receive(LiveReader reader) {
    try {
      while (true) {
        Message message = channel.receive();
        if (message instanceof Stop) {
          reader.cancel();
        } else {
          answers.add(message);
        }
      }
    } catch (EOFException e) {
      Runtime.getRuntime().halt(0);
    } catch (IOException e) {
      Runtime.getRuntime().halt(1);
    }
  }

  /// Needs no answer.
  void send(Message message) throws IOException {
    channel.send(message);
  }

  Message ask(Message message) throws IOException {
    channel.send(message);
    try {
      return answers.take();
    } catch (InterruptedException e) {
      throw new EOFException("interrupted");
    }
  }

  /// Waits until the parent is done with this process, and ends it.
  void awaitEnd() throws EOFException {
    try {
      Thread.currentThread().join();
    } catch (InterruptedException e) {
      throw new EOFException("interrupted");
    }
  }
}
