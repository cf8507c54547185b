package io.chronoscope.checkpoint;

import static io.chronoscope.fuzz.Invariants.require;
import static io.chronoscope.fuzz.Invariants.requireText;

import io.chronoscope.fuzz.InputFile;
import java.lang.foreign.Arena;

/// Fuzz target: a safetensors file. Tensors lie within the file and do not overlap.
public final class SafetensorsFuzz {

  private static final InputFile FILE = new InputFile("model.safetensors");

  private SafetensorsFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    FILE.write(input);
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile file = SafetensorsFile.map(FILE.path(), arena);
      long bytes = 8 + file.header().byteSize();
      for (SafetensorsFile.Entry entry : file.entries()) {
        require(entry.begin() == bytes, "%s does not follow".formatted(entry.name()));
        bytes += entry.data().byteSize();
        tensor(file, entry);
      }
      require(bytes == input.length, "%d bytes of %d".formatted(bytes, input.length));
    } catch (CheckpointException e) {
      requireText(e.getMessage());
    }
  }

  private static void tensor(SafetensorsFile file, SafetensorsFile.Entry entry) {
    try {
      Tensor tensor = file.tensor(entry, entry.name());
      long elements = 1;
      for (long side : tensor.shape()) {
        elements = Math.multiplyExact(elements, side);
      }
      require(
          elements * tensor.type().bytes() == tensor.data().byteSize(),
          entry.name() + " is not as large as its shape");
    } catch (CheckpointException e) {
      requireText(e.getMessage());
    }
  }
}
