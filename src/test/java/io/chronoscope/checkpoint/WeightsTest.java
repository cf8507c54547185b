package io.chronoscope.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {

  @TempDir private Path root;
  private final CheckpointFiles files = new CheckpointFiles();

  private void assertRejected(String... parts) {
    assertThatThrownBy(() -> Checkpoint.open(files.write(root)))
        .isInstanceOf(CheckpointException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void mapsReSavedNamesToPublishedOnes() {
    assertThat(Weights.publishedName("model.visual.patch_embed.proj.weight"))
        .isEqualTo("visual.patch_embed.proj.weight");
    assertThat(Weights.publishedName("model.language_model.layers.3.mlp.up_proj.weight"))
        .isEqualTo("model.layers.3.mlp.up_proj.weight");
    assertThat(Weights.publishedName("lm_head.weight")).isEqualTo("lm_head.weight");
    assertThat(Weights.publishedName("model.norm.weight")).isEqualTo("model.norm.weight");
  }

  @Test
  void namesTheMissingTensor() {
    files.tensors.remove("model.layers.1.self_attn.k_proj.bias");
    assertRejected(
        "model.safetensors", "tensors are missing: model.layers.1.self_attn.k_proj.bias");
  }

  @Test
  void countsMissingTensorsBeyondTheFirstFew() {
    files.tensors.keySet().removeIf(name -> name.startsWith("visual.blocks.1"));
    assertRejected("visual.blocks.1.norm1.weight", "(12 in total)");
  }

  @Test
  void namesTheUnexpectedTensor() {
    files.tensors.put("visual.blocks.2.norm1.weight", new long[] {8});
    assertRejected("model.safetensors", "tensors are unexpected: visual.blocks.2.norm1.weight");
  }

  @Test
  void namesTheMisshapenTensorAndBothShapes() {
    files.tensors.put("visual.merger.mlp.0.weight", new long[] {32, 31});
    assertRejected("visual.merger.mlp.0.weight is [32, 31] instead of [32, 32]");
  }

  @Test
  void rejectsATransposedTensor() {
    files.tensors.put("model.layers.0.mlp.down_proj.weight", new long[] {12, 16});
    assertRejected("model.layers.0.mlp.down_proj.weight is [12, 16] instead of [16, 12]");
  }

  @Test
  void namesTheTensorPresentUnderBothNames() {
    files.tensors.put("model.language_model.norm.weight", new long[] {16});
    assertRejected("tensor model.language_model.norm.weight is duplicated");
  }

  @Test
  void requiresTheOutputProjectionOfUntiedEmbeddings() {
    files.config.put("tie_word_embeddings", false);
    assertRejected("tensors are missing: lm_head.weight");
  }

  @Test
  void ignoresAStoredTiedProjection() throws IOException {
    files.tensors.put("lm_head.weight", new long[] {11, 16});
    try (Checkpoint checkpoint = Checkpoint.open(files.write(root))) {
      assertThat(checkpoint.weights().names()).doesNotContain("lm_head.weight");
    }
  }

  @Test
  void rejectsATiedProjectionOfAnotherShape() {
    files.tensors.put("lm_head.weight", new long[] {12, 16});
    assertRejected("lm_head.weight is [12, 16] instead of [11, 16]");
  }

  @Test
  void rejectsADirectoryWithoutWeights() throws IOException {
    Files.delete(files.write(root).resolve("model.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(root))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("neither model.safetensors nor model.safetensors.index.json");
  }

  private Path writeShards() throws IOException {
    List<String> names = new ArrayList<>(files.tensors.keySet());
    return files.write(
        root,
        Map.of(
            "a.safetensors", names.subList(0, 9), "b.safetensors", names.subList(9, names.size())));
  }

  @Test
  void namesTheMissingShard() throws IOException {
    Files.delete(writeShards().resolve("b.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(root))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("b.safetensors: file is missing");
  }

  @Test
  void doesNotFollowAnIndexOutOfItsDirectory() throws IOException {
    Path index = writeShards().resolve("model.safetensors.index.json");
    Files.writeString(
        index, Files.readString(index).replace("b.safetensors", "../elsewhere/b.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(root))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("file ../elsewhere/b.safetensors is outside the directory");
  }

  @Test
  void namesATensorThatOnlyTheIndexHas() throws IOException {
    Path index = writeShards().resolve("model.safetensors.index.json");
    Files.writeString(
        index,
        Files.readString(index)
            .replace(
                "\"model.norm.weight\"",
                "\"model.nrom.weight\":\"b.safetensors\",\"model.norm.weight\""));
    assertThatThrownBy(() -> Checkpoint.open(root))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("model.nrom.weight");
  }

  @Test
  void namesTheTensorThatItDoesNotHave() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(files.write(root))) {
      assertThatThrownBy(() -> checkpoint.weights().get("visual.blocks.9.norm1.weight"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("visual.blocks.9.norm1.weight");
    }
  }

  @Test
  void resolvesTheLinksOfADownloadCache() throws IOException {
    Path cache = Files.createDirectories(root.resolve("blobs"));
    Path snapshot = files.write(root.resolve("snapshot"));
    Path blob = Files.move(snapshot.resolve("model.safetensors"), cache.resolve("0badcafe"));
    Files.createSymbolicLink(snapshot.resolve("model.safetensors"), blob);
    try (Checkpoint checkpoint = Checkpoint.open(snapshot)) {
      assertThat(checkpoint.weights().get("model.norm.weight").file()).isEqualTo(blob.toRealPath());
    }
  }
}
