// What the topics say, as the page keeps it: one entry for each id, the highest revision counts.

export type Kind = "event" | "gap" | "unanswered" | "alert" | "summary";
export type Status = "open" | "update" | "closed" | "withdrawn";
export type Level = "window" | "minute" | "hour" | "stream";

/** A rectangle in the picture at one moment, in pixels of the video. */
export interface Box {
  time: string;
  xPx: number;
  yPx: number;
  widthPx: number;
  heightPx: number;
}

/** A record of the topics video.events, video.summaries or video.alerts, field for field. */
export interface TopicRecord {
  type: string;
  id: string;
  revision?: number;
  status?: Status;
  stream: string;
  start: string;
  end: string;
  toleranceMs?: number;
  description?: string;
  text?: string;
  problem?: string;
  detail?: string;
  cause?: string;
  level?: Level;
  rule?: string;
  priority?: number;
  event?: string;
  score?: number;
  confidence?: number;
  boxes?: Box[];
  sampling?: { framesSeen: number; fps: number; reason: string; lagMs: number; loadLevel: number };
  model?: { name: string; revision: string };
}

/** A record with the fields that every view needs. Times are milliseconds since 1970. */
export interface Entry {
  kind: Kind;
  id: string;
  stream: string;
  revision: number;
  status: Status;
  from: number;
  to: number;
  text: string;
  toleranceMs: number;
  /** From 0 to 1; null where the record has none. */
  confidence: number | null;
  record: TopicRecord;
}

const KINDS: Record<string, Kind> = {
  "io.chronoscope.event": "event",
  "io.chronoscope.gap": "gap",
  "io.chronoscope.window.unanswered": "unanswered",
  "io.chronoscope.alert": "alert",
  "io.chronoscope.summary": "summary",
};

const CAUSES: Record<string, string> = {
  missing: "No video arrived",
  unreadable: "The video could not be read",
  clock: "The producer's clock jumped",
  not_looked: "Skipped to shed load",
};

/** The entry of a record; null for records of other types. */
export function entryOf(record: TopicRecord): Entry | null {
  const kind = KINDS[record.type];
  if (kind === undefined) {
    return null;
  }
  return {
    kind,
    id: record.id,
    stream: record.stream,
    revision: record.revision ?? 1,
    status: record.status ?? "closed",
    from: Date.parse(record.start),
    to: Date.parse(record.end),
    text: textOf(kind, record),
    toleranceMs: record.toleranceMs ?? 0,
    confidence: record.confidence ?? record.score ?? null,
    record,
  };
}

function textOf(kind: Kind, record: TopicRecord): string {
  switch (kind) {
    case "event":
      return record.description ?? "";
    case "gap":
      return CAUSES[record.cause ?? ""] ?? "Not analyzed";
    case "unanswered":
      return "The model gave no usable answer";
    case "alert":
    case "summary":
      return record.text ?? "";
  }
}

/** All entries, by kind and by stream. Merging is idempotent: any order, any repetition. */
export class Records {
  /** Increases with every change. */
  version = 0;
  private readonly all = new Map<string, Entry>();
  private readonly streams = new Map<string, Map<string, Entry>>();
  private readonly alertsOfEvents = new Map<string, string>();
  /** Lists that were asked for since the last change. */
  private readonly lists = new Map<string, Entry[]>();
  private listsVersion = 0;

  /** Returns whether the record is news. */
  put(record: TopicRecord): boolean {
    const entry = entryOf(record);
    if (entry === null) {
      return false;
    }
    const known = this.all.get(entry.id);
    if (known !== undefined && known.revision >= entry.revision) {
      return false;
    }
    this.all.set(entry.id, entry);
    let ofStream = this.streams.get(entry.stream);
    if (ofStream === undefined) {
      ofStream = new Map();
      this.streams.set(entry.stream, ofStream);
    }
    ofStream.set(entry.id, entry);
    if (entry.kind === "alert" && entry.record.event !== undefined) {
      if (entry.status === "withdrawn") {
        this.alertsOfEvents.delete(entry.record.event);
      } else {
        this.alertsOfEvents.set(entry.record.event, entry.id);
      }
    }
    this.version++;
    return true;
  }

  remove(id: string): void {
    const entry = this.all.get(id);
    if (entry !== undefined) {
      this.all.delete(id);
      this.streams.get(entry.stream)?.delete(id);
      this.version++;
    }
  }

  get(id: string): Entry | undefined {
    return this.all.get(id);
  }

  get size(): number {
    return this.all.size;
  }

  /** The alert that a rule raised for an event. */
  alertOf(event: string): Entry | undefined {
    const id = this.alertsOfEvents.get(event);
    return id === undefined ? undefined : this.all.get(id);
  }

  ofStream(stream: string): Iterable<Entry> {
    return this.streams.get(stream)?.values() ?? [];
  }

  /** Entries of some kinds that are not withdrawn, in the order of their start. */
  list(kinds: readonly Kind[], stream: string | null): readonly Entry[] {
    const key = `${kinds} ${stream === null ? "" : `of ${stream}`}`;
    if (this.listsVersion !== this.version) {
      this.lists.clear();
      this.listsVersion = this.version;
    }
    let found = this.lists.get(key);
    if (found === undefined) {
      found = this.sorted(kinds, stream);
      this.lists.set(key, found);
    }
    return found;
  }

  private sorted(kinds: readonly Kind[], stream: string | null): Entry[] {
    const from = stream === null ? this.all.values() : this.ofStream(stream);
    const found: Entry[] = [];
    for (const entry of from) {
      if (kinds.includes(entry.kind) && entry.status !== "withdrawn") {
        found.push(entry);
      }
    }
    return found.sort((a, b) => a.from - b.from || a.to - b.to || (a.id < b.id ? -1 : 1));
  }
}
