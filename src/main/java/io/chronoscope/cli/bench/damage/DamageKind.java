package io.chronoscope.cli.bench.damage;

import java.util.Arrays;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/// A kind of damage to a file, at a random place.
enum DamageKind {
  /// None, to see what is flagged without reason.
  INTACT("intact", (media, random) -> media),
  LOST_1("1 packet lost", (media, random) -> withoutPackets(media, 1, random)),
  LOST_3("3 packets lost", (media, random) -> withoutPackets(media, 3, random)),
  LOST_10("10 packets lost", (media, random) -> withoutPackets(media, 10, random)),
  BIT("1 bit", DamageKind::withOtherBit),
  BURST("burst of 20 bytes", DamageKind::withBurst),
  ZERO_1K("1 KiB zeroed", (media, random) -> zeroed(media, 1024, random)),
  ZERO_4K("4 KiB zeroed", (media, random) -> zeroed(media, 4096, random)),
  MISPLACED_4K("4 KiB of elsewhere", DamageKind::misplaced),
  TAIL_25("last 25 % missing", DamageKind::withoutTail);

  private static final int PACKET = 188;

  private final String label;
  private final BiFunction<byte[], Random, byte[]> damage;

  /// @param damage makes a damaged file of a whole one, which it does not change
  DamageKind(String label, BiFunction<byte[], Random, byte[]> damage) {
    this.label = label;
    this.damage = damage;
  }

  String label() {
    return label;
  }

  /// @param media a whole file; not changed
  byte[] damaged(byte[] media, Random random) {
    return damage.apply(media, random);
  }

  /// Whether the damage is of transport packets.
  boolean needsTransportStream() {
    return switch (this) {
      case LOST_1, LOST_3, LOST_10 -> true;
      case INTACT, BIT, BURST, ZERO_1K, ZERO_4K, MISPLACED_4K, TAIL_25 -> false;
    };
  }

  private static byte[] withOtherBit(byte[] media, Random random) {
    byte[] bytes = media.clone();
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  private static byte[] withBurst(byte[] media, Random random) {
    byte[] bytes = media.clone();
    int from = random.nextInt(bytes.length - 20);
    for (int i = from; i < from + 20; i++) {
      bytes[i] = (byte) random.nextInt();
    }
    return bytes;
  }

  private static byte[] misplaced(byte[] media, Random random) {
    byte[] bytes = media.clone();
    int from = random.nextInt(bytes.length - 4096);
    System.arraycopy(media, random.nextInt(bytes.length - 4096), bytes, from, 4096);
    return bytes;
  }

  private static byte[] withoutTail(byte[] media, Random random) {
    // About a quarter, so that trials differ.
    double share = 0.75 + (random.nextDouble() - 0.5) / 10;
    int end = (int) (media.length * share);
    return Arrays.copyOf(media, isTransportStream(media) ? end / PACKET * PACKET : end);
  }

  private static boolean isTransportStream(byte[] media) {
    return media.length % PACKET == 0 && media[0] == 0x47 && media[PACKET] == 0x47;
  }

  private static byte[] zeroed(byte[] media, int count, Random random) {
    byte[] bytes = media.clone();
    int from = random.nextInt(bytes.length - count);
    Arrays.fill(bytes, from, from + count, (byte) 0);
    return bytes;
  }

  private static byte[] withoutPackets(byte[] media, int count, Random random) {
    int packets = media.length / PACKET;
    boolean[] lost = new boolean[packets];
    random.ints(0, packets).distinct().limit(count).forEach(packet -> lost[packet] = true);
    byte[] bytes = new byte[(packets - count) * PACKET];
    int[] kept = IntStream.range(0, packets).filter(packet -> !lost[packet]).toArray();
    for (int i = 0; i < kept.length; i++) {
      System.arraycopy(media, kept[i] * PACKET, bytes, i * PACKET, PACKET);
    }
    return bytes;
  }
}
