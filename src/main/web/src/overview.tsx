// Above the timeline: which streams it shows, and which time.

import type { StreamState } from "./api";
import { app, useApp } from "./app";
import { clock, count, day, duration } from "./format";
import { STATES } from "./states";

export function StreamFilters() {
  const streams = useApp((state) => state.streams);
  const loaded = useApp((state) => state.streamsLoaded);
  const chosen = useApp((state) => state.stateFilter);
  const name = useApp((state) => state.nameFilter);
  const counts = new Map<StreamState, number>();
  for (const { state } of streams) {
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const refused = streams.filter((one) => (one.refused ?? 0) > 0).length;
  return (
    <div class="filters">
      <h2 class="filters-title">{loaded ? count(streams.length, "stream") : "Streams"}</h2>
      <fieldset class="chips">
        <legend class="visually-hidden">Show streams in state</legend>
        {(Object.keys(STATES) as StreamState[])
          .filter((state) => counts.has(state) || chosen === state)
          .map((state) => (
            <Chip
              key={state}
              className={`state-${state}`}
              pressed={chosen === state}
              title={STATES[state].meaning}
              onClick={() => app.set({ stateFilter: chosen === state ? null : state })}
            >
              <span aria-hidden="true">{STATES[state].mark}</span> {STATES[state].name}{" "}
              {counts.get(state) ?? 0}
            </Chip>
          ))}
        {(refused > 0 || chosen === "refused") && (
          <Chip
            className="state-refused"
            pressed={chosen === "refused"}
            title="Streams with chunks that could not be accepted"
            onClick={() => app.set({ stateFilter: chosen === "refused" ? null : "refused" })}
          >
            <span aria-hidden="true">✕</span> Rejected chunks {refused}
          </Chip>
        )}
      </fieldset>
      <label class="visually-hidden" for="name-filter">
        Filter streams by name
      </label>
      <input
        id="name-filter"
        type="search"
        value={name}
        placeholder="Filter streams"
        maxLength={512}
        onInput={(event) => app.set({ nameFilter: event.currentTarget.value })}
      />
    </div>
  );
}

function Chip(properties: {
  className: string;
  pressed: boolean;
  title: string;
  onClick: () => void;
  // biome-ignore lint/suspicious/noExplicitAny: children of any kind
  children: any;
}) {
  return (
    <button
      type="button"
      class={`chip ${properties.className}`}
      aria-pressed={properties.pressed}
      title={properties.title}
      onClick={properties.onClick}
    >
      {properties.children}
    </button>
  );
}

const LENGTHS: [number, string][] = [
  [60_000, "1 min"],
  [15 * 60_000, "15 min"],
  [3_600_000, "1 h"],
  [6 * 3_600_000, "6 h"],
  [24 * 3_600_000, "24 h"],
];

export function TimeControls() {
  const window = useApp((state) => state.window);
  const follow = useApp((state) => state.follow);
  const loading = useApp((state) => state.loading);
  const length = window.to - window.from;
  return (
    <div class="times">
      <p class="window-label">
        <span class="window-day">{day(window.from)}</span>{" "}
        <span class="window-span">
          {clock(window.from)} – {clock(window.to)}
        </span>{" "}
        <span class="window-length">{duration(length)}</span>
        {loading && <span class="loading"> Loading …</span>}
      </p>
      <fieldset class="segments">
        <legend class="visually-hidden">Length of the time shown</legend>
        {LENGTHS.map(([millis, name]) => (
          <button
            key={millis}
            type="button"
            aria-pressed={Math.abs(length - millis) < millis * 0.01}
            onClick={() => app.showLength(millis)}
          >
            {name}
          </button>
        ))}
        <button type="button" onClick={() => app.showAll()}>
          All
        </button>
      </fieldset>
      <div class="segments">
        <button type="button" aria-label="Zoom out" onClick={() => app.zoom(2)}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => app.zoom(0.5)}>
          +
        </button>
      </div>
      <button
        type="button"
        class="button follow"
        aria-pressed={follow}
        onClick={() => app.setFollow(!follow)}
      >
        Follow live
      </button>
    </div>
  );
}

export function Legend() {
  return (
    <div class="legend">
      <ul aria-label="Legend">
        <li>
          <span class="swatch swatch-open" aria-hidden="true" /> open
        </li>
        <li>
          <span class="swatch swatch-closed" aria-hidden="true" /> closed
        </li>
        <li>
          <span class="swatch swatch-alert" aria-hidden="true" /> alert
        </li>
        <li>
          <span class="swatch swatch-gap" aria-hidden="true" /> not analyzed
        </li>
        <li>
          <span class="swatch swatch-sure" aria-hidden="true" /> confidence
        </li>
      </ul>
      <p id="timeline-keys">
        Keys: ← → events, ↑ ↓ streams, Enter plays, + − zoom, Page Up and Down pan, Home all, End
        live.
      </p>
    </div>
  );
}
