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
const MAX_SPAN_MS = 120 * 24 * 3_600_000;

type Item = DataItem & { id: string; key: string; bar: Bar };
type Lane = DataGroup & { id: string; key: string; order: number; facts: StreamFacts };

/** What vis-timeline draws, kept in step with the page's state. */
class Drawing {
  private readonly items = new DataSet<Item>();
  private readonly lanes = new DataSet<Lane>();
  private readonly vis: VisTimeline;
  private shown = { from: 0, to: 0 };
  private playheadDrawn = false;
  private lists = { version: -1, byStream: new Map<string, Entry[]>() };

  constructor(private readonly place: HTMLElement) {
    this.shown = app.state.window;
    this.vis = new VisTimeline(place, this.items, this.lanes, {
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

  update(state: State): void {
    if (state.window.from !== this.shown.from || state.window.to !== this.shown.to) {
      this.shown = state.window;
      this.vis.setWindow(state.window.from, state.window.to, { animation: false });
    }
    const streams = app.shownStreams();
    replace(
      this.lanes,
      streams.map((facts, order) => lane(facts, order, state.stream === facts.stream)),
    );
    const view = { ...state.window, widthPx: Math.max(100, this.place.clientWidth - 150) };
    const items: Item[] = [];
    for (const { stream } of streams) {
      for (const one of bars(this.entries(stream), view)) {
        items.push(item(one, state, view));
      }
    }
    replace(this.items, items);
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

/** Changes a data set to hold exactly these items; what stays equal is left alone. */
function replace<T extends { id: string; key: string }>(set: DataSet<T, "id">, wanted: T[]): void {
  const ids = new Set(wanted.map((one) => one.id));
  const gone = set.getIds().filter((id) => !ids.has(String(id)));
  if (gone.length > 0) {
    set.remove(gone);
  }
  const changed = wanted.filter((one) => set.get(one.id)?.key !== one.key);
  if (changed.length > 0) {
    // biome-ignore lint/suspicious/noExplicitAny: the library's type wants a deep partial
    set.update(changed as any);
  }
}

function lane(facts: StreamFacts, order: number, selected: boolean): Lane {
  return {
    id: facts.stream,
    content: "",
    className: `lane${selected ? " lane-selected" : ""}`,
    order,
    facts,
    key: `${order} ${selected} ${facts.state} ${facts.rejectedChunks} ${facts.events}`,
  } as Lane;
}

function laneLabel(facts: StreamFacts): HTMLElement {
  const label = document.createElement("div");
  label.className = "lane-label";
  const name = document.createElement("span");
  name.className = "lane-name";
  name.textContent = facts.stream;
  const state = document.createElement("span");
  state.className = `lane-state state-${facts.state}`;
  const refused = facts.rejectedChunks ?? 0;
  state.textContent = `${STATES[facts.state]?.mark ?? ""} ${STATES[facts.state]?.name ?? facts.state}`;
  label.append(name, state);
  if (refused > 0) {
    const mark = document.createElement("span");
    mark.className = "lane-refused";
    mark.textContent = `${refused} refused`;
    state.append(" · ", mark);
  }
  label.title = facts.stream;
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
  const stream = app.state.stream ?? app.shownStreams()[0]?.stream;
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
  const index = streams.findIndex((one) => one.stream === app.state.stream);
  const next = streams[index < 0 ? 0 : index + direction];
  if (next !== undefined) {
    app.set({ selected: null });
    app.selectStream(next.stream);
    app.set({ announcement: `${next.stream}, ${STATES[next.state]?.name ?? next.state}` });
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
    let waiting = 0;
    const update = () => {
      waiting ||= requestAnimationFrame(() => {
        waiting = 0;
        drawing.update(app.state);
      });
    };
    update();
    const unsubscribe = app.subscribe(update);
    const playhead = setInterval(() => drawing.movePlayhead(app.playhead), 200);
    return () => {
      unsubscribe();
      clearInterval(playhead);
      cancelAnimationFrame(waiting);
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
