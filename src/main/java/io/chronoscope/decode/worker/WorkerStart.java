package io.chronoscope.decode.worker;

import io.chronoscope.decode.worker.Message.Ready;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/// How every worker begins: with a channel to its parent and memory that both share.
///
/// @param memoryPath of the shared memory, as this process sees it
record WorkerStart(MessageChannel channel, SharedMemory memory, Path memoryPath) {

  /// @param pictureBytes of the shared memory's area for what the worker makes
  static WorkerStart of(String pictureBytes) throws IOException {
    FileInputStream in = new FileInputStream(FileDescriptor.in);
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    // Standard output is the channel to the parent.
    System.setOut(System.err);
    SharedMemory.Created created = SharedMemory.create(Long.parseLong(pictureBytes));
    MessageCodec.prepare();
    WarmUp.loadClassesOfFolder();
    WarmUp.decode();
    return new WorkerStart(new MessageChannel(in, out), created.memory(), created.path());
  }

  /// Confines this process and tells the parent that it is ready.
  void confine(Network network) throws IOException {
    Confinement confinement = Confinement.enter(network);
    channel.send(new Ready(memoryPath.toString(), confinement.inForce(), confinement.missing()));
  }
}
