package io.chronoscope.cli.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chronoscope.wire.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/// Records that are wrong, hostile, huge or too many. What belongs to other streams must not
/// change.
final class MediaFaults {

  private static final String OTHERS = "the other streams' records are the same as undisturbed";
  private static final Duration NOTICED_WITHIN = Duration.ofMinutes(2);

  /// Growth of resident memory that is no sign of a bomb.
  private static final long ALLOWED_GROWTH_KB = 700 * 1024;

  private MediaFaults() {}

  static List<Fault> all() {
    return List.of(
        bomb(
            "bomb-declared-samples",
            "715 bytes that declare an index of 85 million samples",
            () -> resource("stsz85M.mp4")),
        bomb("bomb-boxes", "a file of 16,000 empty boxes", MediaFaults::emptyBoxes),
        bomb(
            "bomb-pictures",
            "46 kB of pictures of 8192x4320 with 16 reference frames",
            () -> resource("big40.mp4")),
        new Fault(
            "garbage",
            "chunks that are no video: text, noise, zeros, nothing",
            "a dead letter for each; " + OTHERS,
            MediaFaults::garbage),
        new Fault(
            "oversized-record",
            "a chunk whose dead letter would exceed the topic's largest record",
            "a dead letter without the media; " + OTHERS,
            MediaFaults::oversized),
        new Fault(
            "damaged-media",
            "a chunk that lost ten transport packets",
            "a gap or a dead letter says so, and the stream ends; " + OTHERS,
            MediaFaults::damaged));
  }

  private interface Bytes {
    byte[] make() throws IOException;
  }

  private static Fault bomb(String name, String what, Bytes media) {
    return new Fault(
        name,
        what,
        "a dead letter, memory stays within bounds, the instance runs on; " + OTHERS,
        scene -> {
          Instance instance = scene.startReady();
          long before = instance.procStatus("VmHWM");
          sendBad(scene, media.make());
          scene.sendAll();
          if (!scene.awaitRecord(Topic.DEAD_LETTERS, Scene.BAD_STREAM, NOTICED_WITHIN)) {
            return new Observation.Broken("no dead letter after " + NOTICED_WITHIN);
          }
          Observation compared = scene.compare();
          long growthKb = instance.procStatus("VmHWM") - before;
          if (!instance.isAlive()) {
            return new Observation.Broken("the instance ended: " + instance.lastWords());
          }
          if (growthKb > ALLOWED_GROWTH_KB) {
            return new Observation.Broken(
                "resident memory grew by %d MB".formatted(growthKb / 1024));
          }
          return compared.after(scene.firstRefusal(Scene.BAD_STREAM));
        });
  }

  private static void sendBad(Scene scene, byte[] media) {
    scene.sendBad(0, media);
    scene.sender().end(Scene.BAD_STREAM);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = MediaFaults.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return in.readAllBytes();
    }
  }

  /// `ftyp`, then a `moov` whose track consists of empty boxes.
  private static byte[] emptyBoxes() {
    int boxes = 16_000;
    ByteBuffer file = ByteBuffer.allocate(16 + 8 + 8 + 8 * boxes);
    file.putInt(16).put("ftypisom".getBytes(UTF_8)).putInt(512);
    file.putInt(8 + 8 + 8 * boxes).put("moov".getBytes(UTF_8));
    file.putInt(8 + 8 * boxes).put("trak".getBytes(UTF_8));
    for (int box = 0; box < boxes; box++) {
      file.putInt(8).put("free".getBytes(UTF_8));
    }
    return file.array();
  }

  private static Observation garbage(Scene scene) throws Exception {
    scene.startReady();
    byte[] noise = new byte[50_000];
    new Random(1).nextBytes(noise);
    List<byte[]> all =
        List.of("this is no video".getBytes(UTF_8), noise, new byte[50_000], new byte[1]);
    for (int i = 0; i < all.size(); i++) {
      scene.sendBad(i, all.get(i));
    }
    scene.sender().end(Scene.BAD_STREAM);
    scene.sendAll();
    Observation compared = scene.compare();
    int letters = scene.records(Topic.DEAD_LETTERS, Scene.BAD_STREAM).size();
    return letters == all.size()
        ? compared.after(letters + " dead letters")
        : new Observation.Broken(letters + " dead letters for " + all.size() + " chunks");
  }

  private static Observation oversized(Scene scene) throws Exception {
    scene.startReady();
    byte[] large = new byte[20 * 1024 * 1024];
    new Random(1).nextBytes(large);
    sendBad(scene, large);
    scene.sendAll();
    if (!scene.awaitRecord(Topic.DEAD_LETTERS, Scene.BAD_STREAM, NOTICED_WITHIN)) {
      return new Observation.Broken("no dead letter after " + NOTICED_WITHIN);
    }
    int characters = scene.records(Topic.DEAD_LETTERS, Scene.BAD_STREAM).getFirst().length();
    return characters > 10_000
        ? new Observation.Broken("a dead letter of " + characters + " characters")
        : scene.compare().after(scene.firstRefusal(Scene.BAD_STREAM));
  }

  private static Observation damaged(Scene scene) throws Exception {
    scene.startReady();
    sendBad(scene, resource("lost-packets.ts"));
    scene.sendAll();
    Observation compared = scene.compare();
    List<String> events = scene.records(Topic.EVENTS, Scene.BAD_STREAM);
    boolean gap = events.stream().anyMatch(record -> record.contains("\"damaged\""));
    boolean refused = !scene.records(Topic.DEAD_LETTERS, Scene.BAD_STREAM).isEmpty();
    return gap || refused
        ? compared.after(
            refused ? scene.firstRefusal(Scene.BAD_STREAM) : "a gap with cause damaged")
        : new Observation.Broken("no gap and no dead letter: " + events);
  }
}
