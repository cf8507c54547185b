package io.chronoscope.decode.container;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfInt;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Checks the counts that an MP4's tables declare (ISO/IEC 14496-12 §8.6–8.8) against the bytes
/// that are there. FFmpeg allocates by these counts: about 25 bytes for each sample.
///
/// A table with an entry for each sample has to fit into its box. Samples without an entry of their
/// own (all of one size) have to fit into the file.
final class SampleTables {

  /// Samples of one size in a track: six days of video.
  static final long MAX_EQUAL_SAMPLES = 16_000_000;

  /// FFmpeg goes through a track's samples for each edit.
  static final long MAX_EDITED_SAMPLES = 10_000_000;

  // Compressed sound may be declared by its samples before compression.
  private static final long MAX_SOUND_SAMPLES_PER_BYTE = 64;
  private static final OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final Set<String> ENCRYPTED = Set.of("encv", "drmi", "sinf");
  private static final int[] NAMES =
      Stream.of(
              "stsz", "stz2", "stts", "ctts", "stsc", "stco", "co64", "stss", "stps", "elst",
              "sbgp", "sgpd", "trun", "tfra", "cmov", "encv", "drmi", "sinf")
          .mapToInt(Mp4Boxes::code)
          .sorted()
          .toArray();

  private final long fileBytes;
  private final long maxFrames;
  private final Map<Integer, Long> defaultSizes = new HashMap<>();
  // Bytes of all samples that have no entry of their own.
  private long equalSampleBytes;
  private long fragmentSampleBytes;
  private long indexedSamples;
  private Track track = new Track();

  /// What the tables of one track declare.
  private static final class Track {
    String handler = "";
    String protection = "";
    String scheme = "";
    long samples;
    long sampleBytes;
    long edits;
    long chunks;
    long samplesPerChunk;
    boolean timedBySample;
  }

  SampleTables(long fileBytes, long maxFrames) {
    this.fileBytes = fileBytes;
    this.maxFrames = maxFrames;
  }

  /// Samples that the indexes of all tracks list, outside fragments.
  long indexedSamples() {
    return indexedSamples;
  }

  void startTrack() {
    track = new Track();
  }

  void startFragment() {
    fragmentSampleBytes = 0;
  }

  /// Reads the size of a fragment's samples that have no entry of their own.
  void readFragmentHeader(Mp4Box box) throws UnreadableMediaException {
    fragmentSampleBytes = defaultSizes.getOrDefault((int) box.u32(4), 0L);
    int flags = box.flags();
    if ((flags & 0x10) != 0) {
      long skipped = (flags & 1) * 8L + (flags >> 1 & 1) * 4L + (flags >> 3 & 1) * 4L;
      fragmentSampleBytes = box.u32(8 + skipped);
    }
  }

  /// Checks one box; boxes that are no tables pass.
  ///
  /// @throws UnreadableMediaException CORRUPT when it declares more than it holds
  void check(Mp4Box box) throws UnreadableMediaException {
    switch (box.type()) {
      case "stsz" -> sizes(box);
      case "stz2" -> compactSizes(box);
      case "stts" -> times(box);
      case "stsc" -> samplesPerChunk(box);
      case "stco" -> track.chunks = requireFit(box, 4, 8, 4);
      case "co64" -> track.chunks = requireFit(box, 4, 8, 8);
      case "elst" -> track.edits += requireFit(box, 4, 8, box.version() == 1 ? 20 : 12);
      case "ctts", "keys" -> requireFit(box, 4, 8, 8);
      case "stss", "stps" -> requireFit(box, 4, 8, 4);
      case "dref" -> requireFit(box, 4, 8, 12);
      case "ipma" -> requireFit(box, 4, 8, 3);
      case "iloc", "iinf" -> items(box);
      case "sbgp" -> {
        int count = box.version() == 1 ? 12 : 8;
        requireFit(box, count, count + 4, 8);
      }
      case "sgpd" -> {
        int count = box.version() == 0 ? 8 : 12;
        requireFit(box, count, count + 4, 1);
      }
      case "tfra" -> {
        long lengths = box.u32(8);
        long numbers = (lengths >> 4 & 3) + (lengths >> 2 & 3) + (lengths & 3) + 3;
        requireFit(box, 12, 16, (box.version() == 1 ? 16 : 8) + numbers);
      }
      case "sidx" -> {
        int count = box.version() == 0 ? 22 : 30;
        requireBits(box, box.u16(count), count + 2, 12L * 8);
      }
      case "trex" -> defaultSizes.put((int) box.u32(4), box.u32(16));
      case "trun" -> run(box);
      case "hdlr" -> {
        if (track.handler.isEmpty()) {
          track.handler = box.fourCc(8);
        }
      }
      case "stsd" -> descriptions(box);
      default -> {}
    }
  }

  /// Checks what the tables of a track declare together.
  ///
  /// @throws UnreadableMediaException CORRUPT, TOO_LONG, or UNSUPPORTED_CODEC when it is encrypted
  ///   video
  void endTrack(Mp4Box box) throws UnreadableMediaException {
    boolean video = track.handler.equals("vide");
    if (!track.protection.isEmpty() && (video || !track.protection.equals("sinf"))) {
      throw new UnreadableMediaException(
          Reason.UNSUPPORTED_CODEC,
          "the video is encrypted ('%s' box%s)"
              .formatted(
                  track.protection,
                  track.scheme.isEmpty() ? "" : ", scheme '" + track.scheme + "'"));
    }
    if (track.handler.equals("soun") && track.timedBySample) {
      long most = MAX_SOUND_SAMPLES_PER_BYTE * fileBytes;
      if (track.chunks > 0 && track.samplesPerChunk > most / track.chunks) {
        throw box.corrupt(
            "declares %d chunks of up to %d sound samples, the file has %d bytes"
                .formatted(track.chunks, track.samplesPerChunk, fileBytes));
      }
    } else if (track.sampleBytes > 0) {
      addEqualSamples(box, track.samples, track.sampleBytes);
      if (track.samples > MAX_EQUAL_SAMPLES) {
        throw box.corrupt(
            "declares %d samples of one size, the limit is %d"
                .formatted(track.samples, MAX_EQUAL_SAMPLES));
      }
    }
    if (video && track.samples > maxFrames) {
      throw new UnreadableMediaException(
          Reason.TOO_LONG, "it has more than the limit of %d frames".formatted(maxFrames));
    }
    if (track.edits > 2 && track.samples > MAX_EDITED_SAMPLES / track.edits) {
      throw box.corrupt(
          "declares %d edits of %d samples, the limit is %d together"
              .formatted(track.edits, track.samples, MAX_EDITED_SAMPLES));
    }
    indexedSamples += track.samples;
    track = new Track();
  }

  private void sizes(Mp4Box box) throws UnreadableMediaException {
    long size = box.u32(4);
    long samples = size == 0 ? requireFit(box, 8, 12, 4) : box.u32(8);
    track.samples = Math.max(track.samples, samples);
    track.sampleBytes = Math.max(track.sampleBytes, size);
  }

  private void compactSizes(Mp4Box box) throws UnreadableMediaException {
    long bits = box.u32(4) & 0xFF;
    if (bits != 4 && bits != 8 && bits != 16) {
      throw box.corrupt("has sizes of %d bits".formatted(bits));
    }
    requireBits(box, box.u32(8), 12, bits);
    track.samples = Math.max(track.samples, box.u32(8));
  }

  private void times(Mp4Box box) throws UnreadableMediaException {
    long runs = requireFit(box, 4, 8, 8);
    track.timedBySample = runs == 1 && box.u32(12) == 1;
  }

  private void samplesPerChunk(Mp4Box box) throws UnreadableMediaException {
    long runs = requireFit(box, 4, 8, 12);
    for (long run = 0; run < runs; run++) {
      track.samplesPerChunk = Math.max(track.samplesPerChunk, box.u32(8 + 12 * run + 4));
    }
  }

  private void items(Mp4Box box) throws UnreadableMediaException {
    boolean locations = box.type().equals("iloc");
    int wide = locations ? 2 : 1;
    int at = locations ? 6 : 4;
    if (box.version() >= wide) {
      requireFit(box, at, at + 4, 6);
    } else {
      requireBits(box, box.u16(at), at + 2, 6L * 8);
    }
  }

  private void run(Mp4Box box) throws UnreadableMediaException {
    int flags = box.flags();
    long first = 8 + (flags & 1) * 4L + (flags >> 2 & 1) * 4L;
    long entry = Integer.bitCount(flags & 0xF00) * 4L;
    if (entry > 0) {
      requireFit(box, 4, first, entry);
    } else {
      addEqualSamples(box, box.u32(4), Math.max(1, fragmentSampleBytes));
    }
  }

  private void addEqualSamples(Mp4Box box, long samples, long sampleBytes)
      throws UnreadableMediaException {
    if (samples > (fileBytes - equalSampleBytes) / sampleBytes) {
      throw box.corrupt(
          "declares %d samples of %d bytes, the file has %d bytes"
              .formatted(samples, sampleBytes, fileBytes));
    }
    equalSampleBytes += samples * sampleBytes;
  }

  /// Descriptions hold boxes after fields whose length depends on the codec, so they are searched
  /// for names instead. Tables have no place there, though FFmpeg would read them.
  private void descriptions(Mp4Box box) throws UnreadableMediaException {
    requireFit(box, 4, 8, 8);
    MemorySegment bytes = box.bytes();
    int scheme = Mp4Boxes.code("schm");
    for (long at = box.content() + 12; at + 4 <= box.end(); at++) {
      int name = bytes.get(U32, at);
      if (name == scheme && at + 12 <= box.end()) {
        track.scheme = ContainerFormat.fourCc(bytes, at + 8);
      } else if (Arrays.binarySearch(NAMES, name) >= 0) {
        String found = ContainerFormat.fourCc(bytes, at);
        if (!ENCRYPTED.contains(found)) {
          throw box.corrupt("has a table '%s' at byte %d".formatted(found, at));
        }
        if (track.protection.isEmpty()) {
          track.protection = found;
        }
      }
    }
  }

  private static long requireFit(Mp4Box box, long countAt, long entriesAt, long entryBytes)
      throws UnreadableMediaException {
    long count = box.u32(countAt);
    requireBits(box, count, entriesAt, entryBytes * 8);
    return count;
  }

  private static void requireBits(Mp4Box box, long count, long entriesAt, long entryBits)
      throws UnreadableMediaException {
    long present = Math.max(0, box.contentBytes() - entriesAt);
    if (count > present * 8 / entryBits) {
      throw box.corrupt("declares %d entries, it has %d bytes for them".formatted(count, present));
    }
  }
}
