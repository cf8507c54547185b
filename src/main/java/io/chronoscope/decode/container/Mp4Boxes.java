package io.chronoscope.decode.container;

import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfInt;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The box structure of an MP4 (ISO/IEC 14496-12 §4.2), checked before FFmpeg sees the file: it is
/// complete, its tables hold what they declare ([SampleTables]), and its video is not encrypted.
///
/// Every box is read once, in the order of the file; only the nesting uses memory, and it is
/// bounded. FFmpeg accepts tables wherever they stand, so every box that it descends into is read.
final class Mp4Boxes {

  static final int MAX_DEPTH = 12;
  static final long MAX_BOXES = 10_000_000;

  private static final OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final Set<String> PARENTS =
      Set.of(
          "moov", "hoov", "trak", "edts", "mdia", "minf", "dinf", "stbl", "mvex", "moof", "traf",
          "mfra", "udta", "wave", "ilst", "iprp", "ipco", "grpl", "sinf", "schi", "avss");

  /// Boxes of players and editing programs, which hold other things than boxes, too.
  private static final Set<String> LOOSE_PARENTS = Set.of("udta", "wave", "ilst", "meta");

  private static final Set<String> TOP_LEVEL =
      Set.of(
          "ftyp", "styp", "pdin", "moov", "moof", "mdat", "mfra", "free", "skip", "wide", "sidx",
          "ssix", "emsg", "prft", "meta", "uuid", "udta", "pnot", "PICT", "imda", "junk");

  /// What a complete MP4 contains.
  ///
  /// @param fragmentsOnly whether there are fragments, and all samples are in them
  /// @param fragmentStartMicros decode time of the first fragment; 0 without fragments
  /// @param mediaBytes up to the end of the last box; bytes that follow are no box
  /// @param boxes number of boxes that were read
  record Contents(boolean fragmentsOnly, long fragmentStartMicros, long mediaBytes, long boxes) {}

  private final MemorySegment bytes;
  private final SampleTables tables;
  private final Map<Integer, Long> timescales = new HashMap<>();
  private long boxes;
  private long fragments;
  private int tracks;
  private long firstFragmentMicros = Long.MAX_VALUE;
  // Of the track or fragment being read; -1 when not yet known.
  private long trackId = -1;
  private long timescale = -1;
  private long decodeTicks = -1;
  private boolean insideTrack;
  // Of the fragment being read, and of the one in front of its data.
  private boolean describesData;
  private boolean describedBefore = true;

  Mp4Boxes(MemorySegment bytes, long maxFrames) {
    this.bytes = bytes;
    this.tables = new SampleTables(bytes.byteSize(), maxFrames);
  }

  /// Checks that all declared boxes and the index are present, and what they declare.
  ///
  /// @throws UnreadableMediaException TRUNCATED, CORRUPT, TOO_LONG, or UNSUPPORTED_CODEC when the
  ///   video is encrypted
  Contents check() throws UnreadableMediaException {
    long mediaBytes = checkTopLevel();
    walk(0, mediaBytes, 0, "file");
    long start = firstFragmentMicros == Long.MAX_VALUE ? 0 : firstFragmentMicros;
    return new Contents(fragments > 0 && tables.indexedSamples() == 0, start, mediaBytes, boxes);
  }

  /// @return offset after the last box
  private long checkTopLevel() throws UnreadableMediaException {
    boolean moov = false;
    boolean moof = false;
    boolean mdat = false;
    String previous = "";
    long size = bytes.byteSize();
    long at = 0;
    while (at < size) {
      if (isNoBox(at)) {
        // Whatever follows a complete movie does not belong to it. A damaged header in the middle
        // does, and so does one that a fragment's pictures are missing after.
        if (moov && mdat && !previous.equals("moof") && !holdsMedia(at)) {
          return at;
        }
        if (size - at < Mp4Box.HEADER_BYTES) {
          throw truncated("?", at, Mp4Box.HEADER_BYTES);
        }
      }
      Mp4Box box = Mp4Box.read(bytes, at, size);
      if (box.end() > size) {
        throw truncated(box.type(), at, box.end() - at);
      }
      countBox();
      moov |= box.type().equals("moov");
      moof |= box.type().equals("moof");
      mdat |= box.type().equals("mdat");
      previous = box.type();
      at = box.end();
    }
    if (!moov) {
      throw new UnreadableMediaException(
          Reason.TRUNCATED,
          moof
              ? "fragments without a 'moov' box: the initialization segment is missing"
              : "no 'moov' box: the index is missing");
    }
    boxes = 0;
    return size;
  }

  private UnreadableMediaException truncated(String type, long at, long declared) {
    return new UnreadableMediaException(
        Reason.TRUNCATED,
        "box '%s' at byte %d declares %d bytes, only %d are present"
            .formatted(type, at, declared, bytes.byteSize() - at));
  }

  private boolean isNoBox(long at) {
    long left = bytes.byteSize() - at;
    if (left < Mp4Box.HEADER_BYTES) {
      return true;
    }
    if (TOP_LEVEL.contains(ContainerFormat.fourCc(bytes, at + 4))) {
      return false;
    }
    try {
      return bytes.get(U32, at) == 0 || Mp4Box.read(bytes, at, bytes.byteSize()).end() > at + left;
    } catch (UnreadableMediaException e) {
      return true;
    }
  }

  private boolean holdsMedia(long from) {
    int[] names = {code("mdat"), code("moof"), code("moov")};
    for (long at = from; at + 4 <= bytes.byteSize(); at++) {
      int name = bytes.get(U32, at);
      if (name == names[0] || name == names[1] || name == names[2]) {
        return true;
      }
    }
    return false;
  }

  private void walk(long from, long to, int depth, String parent) throws UnreadableMediaException {
    if (depth > MAX_DEPTH) {
      throw new UnreadableMediaException(
          Reason.CORRUPT,
          "boxes are nested more than %d deep at byte %d".formatted(MAX_DEPTH, from));
    }
    long at = from;
    while (to - at >= Mp4Box.HEADER_BYTES) {
      Mp4Box box;
      try {
        box = Mp4Box.read(bytes, at, to).within(to);
      } catch (UnreadableMediaException e) {
        if (LOOSE_PARENTS.contains(parent)) {
          return;
        }
        throw e;
      }
      countBox();
      visit(box, depth);
      at = box.end();
    }
  }

  private void countBox() throws UnreadableMediaException {
    if (++boxes > MAX_BOXES) {
      throw new UnreadableMediaException(
          Reason.CORRUPT, "it has more than the limit of %d boxes".formatted(MAX_BOXES));
    }
  }

  private void visit(Mp4Box box, int depth) throws UnreadableMediaException {
    switch (box.type()) {
      case "trak" -> track(box, depth);
      case "traf" -> fragment(box, depth);
      case "moof" -> {
        fragments++;
        describesData = false;
        walk(box.content(), box.end(), depth + 1, box.type());
        describedBefore = describesData;
      }
      case "trun" -> {
        describesData = true;
        tables.check(box);
      }
      case "mdat" -> {
        if (fragments > 0 && !describedBefore && box.end() > box.content()) {
          throw box.corrupt("holds data that the fragment in front of it does not describe");
        }
      }
      case "meta" -> meta(box, depth);
      case "cmov" ->
          throw new UnreadableMediaException(
              Reason.UNSUPPORTED_CONTAINER, "its index is compressed ('cmov' box)");
      case "tkhd" -> trackId = box.u32(box.version() == 1 ? 20 : 12);
      case "mdhd" -> timescale = box.u32(box.version() == 1 ? 20 : 12);
      case "tfhd" -> {
        trackId = box.u32(4);
        tables.readFragmentHeader(box);
      }
      case "tfdt" -> decodeTicks = box.version() == 1 ? box.u64(4) : box.u32(4);
      default -> {
        if (PARENTS.contains(box.type())) {
          walk(box.content(), box.end(), depth + 1, box.type());
        } else {
          tables.check(box);
        }
      }
    }
  }

  private void track(Mp4Box box, int depth) throws UnreadableMediaException {
    if (insideTrack) {
      throw box.corrupt("is a track within a track");
    }
    insideTrack = true;
    if (++tracks > MediaStructure.MAX_STREAMS) {
      throw MediaStructure.tooManyStreams();
    }
    trackId = -1;
    timescale = -1;
    tables.startTrack();
    walk(box.content(), box.end(), depth + 1, box.type());
    tables.endTrack(box);
    if (trackId >= 0 && timescale >= 0) {
      timescales.put((int) trackId, timescale);
    }
    insideTrack = false;
  }

  private void fragment(Mp4Box box, int depth) throws UnreadableMediaException {
    trackId = -1;
    decodeTicks = -1;
    tables.startFragment();
    walk(box.content(), box.end(), depth + 1, box.type());
    if (!timescales.isEmpty() && !timescales.containsKey((int) trackId)) {
      throw box.corrupt("belongs to none of the tracks");
    }
    long ticksPerSecond = timescales.getOrDefault((int) trackId, 0L);
    if (fragments == 1 && ticksPerSecond > 0 && decodeTicks >= 0) {
      firstFragmentMicros =
          Math.min(firstFragmentMicros, Math.round(decodeTicks * (1e6 / ticksPerSecond)));
    }
  }

  /// The boxes in a `meta` begin at its `hdlr`: after a version, or at once as QuickTime has it.
  private void meta(Mp4Box box, int depth) throws UnreadableMediaException {
    int handler = code("hdlr");
    for (long at = box.content() + 4; at + 4 <= box.end(); at += 4) {
      if (bytes.get(U32, at) == handler) {
        walk(at - 4, box.end(), depth + 1, box.type());
        return;
      }
    }
  }

  static int code(String fourCc) {
    return fourCc.charAt(0) << 24
        | fourCc.charAt(1) << 16
        | fourCc.charAt(2) << 8
        | fourCc.charAt(3);
  }
}
