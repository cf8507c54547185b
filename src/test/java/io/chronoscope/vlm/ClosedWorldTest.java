package io.chronoscope.vlm;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronoscope.checkpoint.Checkpoint;
import io.chronoscope.testing.Embeddings;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The world of the demo checkpoint, as its `chronoscope.json` declares it.
class ClosedWorldTest {

  private final ClosedWorld world = demo();

  private static ClosedWorld demo() {
    try (Checkpoint demo = Checkpoint.open(Path.of("models/demo"))) {
      return demo.hints().orElseThrow().profile().world().orElseThrow();
    }
  }

  @Test
  void readsWhatIsNamed() {
    ClosedWorld.Reading reading = world.read("A violet BALL, drifts left; and comes to rest.");
    assertThat(reading.names())
        .isEqualTo(
            Map.of(
                "color", Set.of("purple"),
                "shape", Set.of("circle"),
                "direction", Set.of("left"),
                "act", Set.of("move", "stop")));
    assertThat(reading.unknown()).isEmpty();
  }

  @Test
  void tellsPlacesFromDirections() {
    ClosedWorld.Reading reading = world.read("a red cross moves to the left in the right half");
    assertThat(reading.places()).containsExactly(FrameHalf.RIGHT);
    assertThat(reading.names()).containsEntry("direction", Set.of("left"));
    assertThat(reading.withoutPlaces()).isEqualTo("a red cross moves to the left");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a green elephant",
        "a violet-black square appears",
        "a red circle dances",
        "nobody is there",
        "nothing moves",
        "象"
      })
  void doesNotKnowWordsThatItDoesNotHave(String text) {
    assertThat(world.read(text).unknown()).isNotEmpty();
  }

  @Test
  void aDescriptionShowsAQueryIfItNamesAllOfIt() {
    ClosedWorld.Reading stopping = world.read("A red circle moves left and stops.");
    assertThat(world.read("red").isShownBy(stopping)).isTrue();
    assertThat(world.read("something stops").isShownBy(stopping)).isTrue();
    assertThat(world.read("a disc halts").isShownBy(stopping)).isTrue();
    assertThat(world.read("a red square").isShownBy(stopping)).isFalse();
    assertThat(world.read("a red circle moves right").isShownBy(stopping)).isFalse();
    assertThat(world.read("a red circle turns blue").isShownBy(stopping)).isFalse();
    assertThat(world.read("a blue circle").isShownBy(world.read("A red circle turns blue.")))
        .isTrue();
  }

  @Test
  void aHalfOfAPairHasTheTokensOfThatHalf() {
    EncodedPair pair =
        new EncodedPair(3, 2, FloatBuffer.wrap(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
    assertThat(Embeddings.of(pair.half(FrameHalf.UPPER))).containsExactly(0, 1, 2, 3);
    assertThat(Embeddings.of(pair.half(FrameHalf.LOWER))).containsExactly(8, 9, 10, 11);
    assertThat(Embeddings.of(pair.half(FrameHalf.LEFT))).containsExactly(0, 1, 4, 5, 8, 9);
    assertThat(Embeddings.of(pair.half(FrameHalf.RIGHT))).containsExactly(2, 3, 6, 7, 10, 11);
    assertThat(pair.half(FrameHalf.RIGHT).columns()).isEqualTo(1);
  }
}
