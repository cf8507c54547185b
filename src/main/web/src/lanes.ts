// What the timeline draws of a stream: bars for events, shaded ranges for what was not analyzed.
// Bars too narrow to tell apart are drawn as one with their number, so that a lane never holds more
// of them than its width has room for, however many events it shows.

import type { Entry } from "./records";

const NARROW_PX = 6;
const APART_PX = 8;
const DENSE_PX = 40;
const LABEL_PX = 34;

export interface Bar {
  id: string;
  stream: string;
  kind: "event" | "alert" | "gap" | "dense";
  from: number;
  to: number;
  /** Empty where there is no room for it. */
  label: string;
  /** The entries that it shows, in their order. */
  entries: Entry[];
}

export interface View {
  from: number;
  to: number;
  widthPx: number;
}

/** The bars of one stream. `entries` are in the order of their start and not withdrawn. */
export function bars(entries: readonly Entry[], view: View): Bar[] {
  const msPerPx = (view.to - view.from) / Math.max(1, view.widthPx);
  const margin = (view.to - view.from) / 2;
  const visible = entries.filter(
    (entry) => entry.to >= view.from - margin && entry.from <= view.to + margin,
  );
  const drawn: Bar[] = [];
  const close = { event: openRun(), gap: openRun() };
  for (const entry of visible) {
    const kind = entry.kind === "gap" || entry.kind === "unanswered" ? "gap" : "event";
    if ((entry.to - entry.from) / msPerPx >= NARROW_PX) {
      drawn.push(bar([entry], msPerPx));
      continue;
    }
    const run = close[kind];
    const apart = entry.from - run.to > APART_PX * msPerPx;
    const full = entry.to - (run.entries[0]?.from ?? entry.from) > DENSE_PX * msPerPx;
    if (run.entries.length > 0 && (apart || full)) {
      drawn.push(bar(run.entries, msPerPx));
      run.entries = [];
    }
    run.to = run.entries.length === 0 ? entry.to : Math.max(run.to, entry.to);
    run.entries.push(entry);
  }
  for (const run of [close.event, close.gap]) {
    if (run.entries.length > 0) {
      drawn.push(bar(run.entries, msPerPx));
    }
  }
  return drawn;
}

function openRun(): { entries: Entry[]; to: number } {
  return { entries: [], to: 0 };
}

function bar(entries: Entry[], msPerPx: number): Bar {
  const first = entries[0] as Entry;
  const to = entries.reduce((latest, entry) => Math.max(latest, entry.to), first.to);
  const widthPx = (to - first.from) / msPerPx;
  const gap = first.kind === "gap" || first.kind === "unanswered";
  if (gap || entries.length === 1) {
    return {
      id: first.id,
      stream: first.stream,
      kind: gap ? "gap" : first.kind === "alert" ? "alert" : "event",
      from: first.from,
      to,
      label: widthPx >= LABEL_PX && !gap ? first.text : "",
      entries,
    };
  }
  return {
    id: `dense ${first.id}`,
    stream: first.stream,
    kind: "dense",
    from: first.from,
    to,
    label: widthPx >= 14 ? String(entries.length) : "",
    entries,
  };
}
