// The timeline: a lane for each stream, drawn by vis-timeline. This module gives it the bars to draw
// and makes it usable by keyboard and screen reader, which it is not by itself.

import { useEffect, useRef } from "preact/hooks";
import { DataSet } from "vis-data/esnext";
import { type DataGroup, type DataItem, Timeline as VisTimeline } from "vis-timeline/esnext";
import type { StreamFacts } from "./api";
import { app, type State } from "./app";
import { clock, count, percent, span } from "./format";
import { type Bar, bars } from "./lanes";
import type { Entry } from "./records";
import { STATES } from "./states";

const LANE_KINDS = ["event", "alert", "gap", "unanswered"] as const;
const MIN_SPAN_MS = 1_000;
const NEAR_PX = 100;
const FAR_PX = 400;
const NEW_BARS_PER_FRAME = 60;
const MAX_SPAN_MS = 120 * 24 * 3_600_000;

type Item = DataItem & { id: string; key: string; bar: Bar };
type Lane = DataGroup & { id: string; key: string; order: number; facts: StreamFacts };

/** A data set that is only told what changed, by the items' keys. */
class Shown<T extends { id: string; key: string }> {
  readonly set = new DataSet<T, "id">();
  private items = new Map<string, T>();

  get(id: string): T | undefined {
    return this.items.get(id);
  }

  /** Makes the set hold what is wanted, with at most so many new items at once. Returns whether it does. */
  replace(wanted: readonly T[], mostNew = Number.POSITIVE_INFINITY): boolean {
    const next = new Map<string, T>();
    const changed: T[] = [];
    let added = 0;
    for (const one of wanted) {
      const known = this.items.get(one.id);
      if (known === undefined && ++added > mostNew) {
        continue;
      }
      next.set(one.id, one);
      if (known?.key !== one.key) {
        changed.push(one);
      }
    }
    const gone = [...this.items.keys()].filter((id) => !next.has(id));
    this.items = next;
    if (gone.length > 0) {
      this.set.remove(gone);
    }
    if (changed.length > 0) {
      // biome-ignore lint/suspicious/noExplicitAny: the library's type wants a deep partial
      this.set.update(changed as any);
    }
    return added <= mostNew;
  }
}

/**
 * What vis-timeline draws, kept in step with the page's state. The library measures every bar that it is
 * given, so it is given those of the lanes in sight.
 */
class Drawing {
  private readonly items = new Shown<Item>();
  private readonly lanes = new Shown<Lane>();
  private inSight = new Set<string>();
  private waiting = 0;
  private readonly vis: VisTimeline;
  private shown = { from: 0, to: 0 };
  private playheadDrawn = false;
  private lists = { version: -1, byStream: new Map<string, Entry[]>() };

  constructor(private readonly place: HTMLElement) {
    this.shown = app.state.window;
    this.vis = new VisTimeline(place, this.items.set, this.lanes.set, {
      start: this.shown.from,
      end: this.shown.to,
      height: "100%",
      orientation: "top",
      stack: true,
      verticalScroll: true,
      zoomKey: "ctrlKey",
      horizontalScrollKey: "shiftKey",
      zoomMin: MIN_SPAN_MS,
      zoomMax: MAX_SPAN_MS,
      selectable: false,
      showTooltips: false,
      showCurrentTime: true,
      groupHeightMode: "auto",
      margin: { axis: 5, item: { horizontal: 0, vertical: 3 } },
      dataAttributes: ["id"],
      groupOrder: (a: Lane, b: Lane) => a.order - b.order,
      groupTemplate: (lane?: Lane) => (lane?.facts ? laneLabel(lane.facts) : ""),
      template: (item?: Item) => (item?.bar ? barContent(item.bar) : ""),
      // biome-ignore lint/suspicious/noExplicitAny: the library's types know no elements as templates
    } as any);
    const labels = place.querySelector(".vis-left");
    labels?.setAttribute("tabindex", "0");
    labels?.setAttribute("role", "group");
    labels?.setAttribute("aria-label", "Streams");
    this.vis.on("rangechanged", (change: { start: Date; end: Date; byUser: boolean }) => {
      if (change.byUser) {
        this.shown = { from: change.start.getTime(), to: change.end.getTime() };
        app.show(this.shown);
      }
    });
    this.vis.on("click", (click: { item: string | null; group: string | null; what: string }) =>
      this.clicked(click),
    );
    this.vis.on("changed", () => this.lookAround());
    place.addEventListener("scroll", () => this.lookAround(), { capture: true, passive: true });
  }

  /** Finds the lanes in sight, and draws again when they are others than before. */
  private lookAround(): void {
    const frame = this.place.getBoundingClientRect();
    const found = new Set<string>();
    for (const label of this.place.querySelectorAll<HTMLElement>(".lane-label")) {
      const { top, bottom } = (label.closest(".vis-label") ?? label).getBoundingClientRect();
      const stream = label.dataset.stream ?? "";
      // Bars make a lane higher and move those below it: a lane that has them retains them for longer.
      const near = this.inSight.has(stream) ? FAR_PX : NEAR_PX;
      if (bottom > frame.top - near && top < frame.bottom + near) {
        found.add(stream);
      }
    }
    if (found.size !== this.inSight.size || [...found].some((one) => !this.inSight.has(one))) {
      this.inSight = found;
      this.updateSoon();
    }
  }

  private clicked(click: { item: string | null; group: string | null; what: string }): void {
    const bar = click.item === null ? undefined : this.items.get(click.item)?.bar;
    if (bar !== undefined && bar.kind !== "gap") {
      openBar(bar);
    } else if (click.group !== null) {
      app.selectStream(
        click.group === app.state.stream && click.what === "group-label" ? null : click.group,
      );
    }
  }

  /** Draws with the next frame. */
  updateSoon(): void {
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      this.update(app.state);
    });
  }

  private update(state: State): void {
    if (state.window.from !== this.shown.from || state.window.to !== this.shown.to) {
      this.shown = state.window;
      this.vis.setWindow(state.window.from, state.window.to, { animation: false });
    }
    const streams = app.shownStreams();
    this.lanes.replace(
      streams.map((facts, order) => lane(facts, order, state.stream === facts.id)),
    );
    const view = { ...state.window, widthPx: Math.max(100, this.place.clientWidth - 150) };
    const items: Item[] = [];
    for (const { id: stream } of streams.filter((one) => this.inSight.has(one.id))) {
      for (const one of bars(this.entries(stream), view)) {
        items.push(item(one, state, view));
      }
    }
    if (!this.items.replace(items, NEW_BARS_PER_FRAME)) {
      this.updateSoon();
    }
  }

  private entries(stream: string): Entry[] {
    if (this.lists.version !== app.records.version) {
      this.lists = { version: app.records.version, byStream: new Map() };
    }
    let found = this.lists.byStream.get(stream);
    if (found === undefined) {
      found = app.records.list(LANE_KINDS, stream).filter(hasOwnBar);
      this.lists.byStream.set(stream, found);
    }
    return found;
  }

  /** Marks the moment that the player shows. */
  movePlayhead(at: number | null): void {
    if (at === null) {
      if (this.playheadDrawn) {
        this.vis.removeCustomTime("playhead");
        this.playheadDrawn = false;
      }
    } else if (this.playheadDrawn) {
      this.vis.setCustomTime(at, "playhead");
    } else {
      this.vis.addCustomTime(at, "playhead");
      this.vis.setCustomTimeTitle("", "playhead");
      this.playheadDrawn = true;
    }
  }

  close(): void {
    cancelAnimationFrame(this.waiting);
    this.vis.destroy();
  }
}

/** An alert about an event is drawn as a mark of the event's bar. */
function hasOwnBar(entry: Entry): boolean {
  if (entry.kind !== "alert" || entry.record.event === undefined) {
    return true;
  }
  const event = app.records.get(entry.record.event);
  return event === undefined || event.status === "withdrawn";
}

function lane(facts: StreamFacts, order: number, selected: boolean): Lane {
  return {
    id: facts.id,
    content: "",
    className: `lane${selected ? " lane-selected" : ""}`,
    order,
    facts,
    key: `${order} ${selected} ${facts.state} ${facts.refused} ${facts.events}`,
  } as Lane;
}

function laneLabel(facts: StreamFacts): HTMLElement {
  const label = document.createElement("div");
  label.className = "lane-label";
  label.dataset.stream = facts.id;
  const name = document.createElement("span");
  name.className = "lane-name";
  name.textContent = facts.id;
  const state = document.createElement("span");
  state.className = `lane-state state-${facts.state}`;
  const refused = facts.refused ?? 0;
  state.textContent = `${STATES[facts.state]?.mark ?? ""} ${STATES[facts.state]?.name ?? facts.state}`;
  label.append(name, state);
  if (refused > 0) {
    const mark = document.createElement("span");
    mark.className = "lane-refused";
    mark.textContent = `${refused} rejected`;
    state.append(" · ", mark);
  }
  label.title = facts.id;
  return label;
}

function item(bar: Bar, state: State, view: { from: number; to: number; widthPx: number }): Item {
  const pxPerMs = view.widthPx / (view.to - view.from);
  const first = bar.entries[0] as Entry;
  const selected = bar.entries.some((entry) => entry.id === state.selected);
  const alert = bar.entries.find(
    (entry) => entry.kind === "alert" || app.records.alertOf(entry.id) !== undefined,
  );
  const classes = ["bar", `bar-${bar.kind}`];
  if (bar.kind === "gap") {
    classes.push(first.kind === "unanswered" ? "gap-unanswered" : `gap-${first.record.cause}`);
  } else {
    if (bar.entries.some((entry) => entry.status === "open" || entry.status === "update")) {
      classes.push("bar-open");
    }
    if (alert !== undefined) {
      classes.push("bar-alerted");
    }
    if (selected) {
      classes.push("bar-selected");
    }
  }
  const confidence = confidenceOf(bar);
  const softPx = bar.kind === "dense" ? 0 : Math.min(40, Math.round(first.toleranceMs * pxPerMs));
  const style =
    bar.kind === "gap"
      ? ""
      : `--soft: ${softPx}px; --confidence: ${confidence === null ? "0%" : `${Math.round(confidence * 100)}%`}`;
  return {
    id: bar.id,
    group: bar.stream,
    content: "",
    start: bar.from,
    end: Math.max(bar.to, bar.from + 1),
    type: bar.kind === "gap" ? "background" : "range",
    className: classes.join(" "),
    style,
    bar,
    key: `${bar.from} ${bar.to} ${bar.label} ${classes.join(" ")} ${style}`,
  };
}

export function confidenceOf(bar: Bar): number | null {
  const known = bar.entries
    .map((entry) => entry.confidence ?? app.records.alertOf(entry.id)?.confidence ?? null)
    .filter((one) => one !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function barContent(bar: Bar): HTMLElement {
  const content = document.createElement("span");
  content.className = "bar-label";
  content.textContent = bar.label;
  if (bar.kind === "dense") {
    content.title = `${count(bar.entries.length, "event")}, ${span(bar.from, bar.to)}`;
  } else {
    const confidence = confidenceOf(bar);
    const sure = confidence === null ? "" : `, confidence ${percent(confidence)}`;
    content.title = `${(bar.entries[0] as Entry).text}\n${span(bar.from, bar.to)}${sure}`;
  }
  return content;
}

/** Plays one event, or looks closer at where there are many. */
function openBar(bar: Bar): void {
  if (bar.kind === "dense") {
    const margin = Math.max(500, (bar.to - bar.from) * 0.1);
    app.set({ stream: bar.stream });
    app.show({ from: bar.from - margin, to: bar.to + margin });
  } else {
    app.open(bar.entries[0] as Entry);
  }
}

// --- keyboard -------------------------------------------------------------------------------------

/** Moves the selection along the lane of the selected stream. */
function step(direction: 1 | -1): void {
  const stream = app.state.stream ?? app.shownStreams()[0]?.id;
  if (stream === undefined) {
    return;
  }
  const entries = app.records.list(["event", "alert"], stream).filter(hasOwnBar);
  const selected = app.selectedEntry();
  const index = entries.findIndex((entry) => entry.id === selected?.id);
  let next: Entry | undefined;
  if (index >= 0) {
    next = entries[index + direction];
  } else {
    const { from, to } = app.state.window;
    const inSight = entries.filter((entry) => entry.to >= from && entry.from <= to);
    next = direction === 1 ? inSight[0] : inSight.at(-1);
  }
  next ??= index < 0 ? entries.at(direction === 1 ? 0 : -1) : undefined;
  if (next === undefined) {
    app.set({ announcement: direction === 1 ? "No later event" : "No earlier event" });
    return;
  }
  app.select(next);
  announce(next);
}

function announce(entry: Entry): void {
  const sure = entry.confidence === null ? "" : `, confidence ${percent(entry.confidence)}`;
  const running = entry.status === "closed" ? "" : ", still open";
  app.set({
    announcement: `${entry.text} ${clock(entry.from)} to ${clock(entry.to)} on ${entry.stream}${sure}${running}`,
  });
}

function stepStream(direction: 1 | -1): void {
  const streams = app.shownStreams();
  const index = streams.findIndex((one) => one.id === app.state.stream);
  const next = streams[index < 0 ? 0 : index + direction];
  if (next !== undefined) {
    app.set({ selected: null });
    app.selectStream(next.id);
    app.set({ announcement: `${next.id}, ${STATES[next.state]?.name ?? next.state}` });
    document
      .querySelector(`.vis-left .lane-selected`)
      ?.scrollIntoView({ block: "nearest", behavior: "instant" });
  }
}

function pan(part: number): void {
  const { from, to } = app.state.window;
  const by = (to - from) * part;
  app.show({ from: from + by, to: to + by });
}

const KEYS: Record<string, () => void> = {
  ArrowRight: () => step(1),
  ArrowLeft: () => step(-1),
  ArrowDown: () => stepStream(1),
  ArrowUp: () => stepStream(-1),
  PageDown: () => pan(0.8),
  PageUp: () => pan(-0.8),
  "+": () => app.zoom(0.5),
  "=": () => app.zoom(0.5),
  "-": () => app.zoom(2),
  Home: () => app.showAll(),
  End: () => app.setFollow(true),
  Enter: () => {
    const entry = app.selectedEntry();
    if (entry !== undefined) {
      app.open(entry);
    }
  },
};

function onKey(event: KeyboardEvent): void {
  const action = event.ctrlKey || event.altKey || event.metaKey ? undefined : KEYS[event.key];
  if (action !== undefined) {
    event.preventDefault();
    action();
  }
}

export function Timeline() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const drawing = new Drawing(place.current as HTMLDivElement);
    drawing.updateSoon();
    const unsubscribe = app.subscribe(() => drawing.updateSoon());
    const playhead = setInterval(() => drawing.movePlayhead(app.playhead), 200);
    return () => {
      unsubscribe();
      clearInterval(playhead);
      drawing.close();
    };
  }, []);
  return (
    <div
      class="timeline"
      ref={place}
      role="application"
      aria-label="Timeline"
      aria-describedby="timeline-keys"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the widget handles keys itself
      tabIndex={0}
      onKeyDown={onKey}
    />
  );
}
