// Lists of what was found: events, alerts, summaries, search results, rejected chunks.

import { useEffect, useState } from "preact/hooks";
import { api, type DeadLetter, type Hit } from "./api";
import { app, messageOf, useApp, useRecords } from "./app";
import { clock, count, day, duration, span } from "./format";
import { Confidence, STATUS } from "./player";
import { type Entry, entryOf, type Kind, type Level } from "./records";

const MOST_ROWS = 200;

/** Chooses the stream that a list is about. */
export function StreamChoice({ id }: { id: string }) {
  const streams = useApp((state) => state.streams);
  const stream = useApp((state) => state.stream);
  return (
    <label class="choice" for={id}>
      Stream
      <select
        id={id}
        value={stream ?? ""}
        onChange={(event) => app.selectStream(event.currentTarget.value || null)}
      >
        <option value="">All streams</option>
        {streams.map((one) => (
          <option key={one.id} value={one.id}>
            {one.id}
          </option>
        ))}
      </select>
    </label>
  );
}

function Empty({ children }: { children: string }) {
  const loading = useApp((state) => state.loading);
  return <p class="empty">{loading ? "Loading …" : children}</p>;
}

/** The entries of the window, newest first. */
function useInWindow(kinds: readonly Kind[]): Entry[] {
  const records = useRecords();
  const stream = useApp((state) => state.stream);
  const { from, to } = useApp((state) => state.window);
  return records
    .list(kinds, stream)
    .filter((entry) => entry.to >= from && entry.from <= to)
    .reverse();
}

export function Moments() {
  return (
    <EntryList
      entries={useInWindow(["event", "gap", "unanswered"])}
      id="moments-stream"
      empty="No event in the time shown."
    />
  );
}

export function Alerts() {
  return (
    <EntryList
      entries={useInWindow(["alert"])}
      id="alerts-stream"
      empty="No alert in the time shown. Rules raise them."
    />
  );
}

function EntryList({ entries, id, empty }: { entries: Entry[]; id: string; empty: string }) {
  const [most, setMost] = useState(MOST_ROWS);
  const selected = useApp((state) => state.selected);
  return (
    <>
      <div class="list-head">
        <StreamChoice id={id} />
        <span class="list-count">{entries.length.toLocaleString()} in view</span>
      </div>
      {entries.length === 0 && <Empty>{empty}</Empty>}
      <ul class="rows">
        {entries.slice(0, most).map((entry) => (
          <Row key={entry.id} entry={entry} selected={entry.id === selected} />
        ))}
      </ul>
      {entries.length > most && (
        <button type="button" class="button" onClick={() => setMost(most + MOST_ROWS)}>
          Show more
        </button>
      )}
    </>
  );
}

function Row({ entry, selected }: { entry: Entry; selected: boolean }) {
  const open = entry.status === "open" || entry.status === "update";
  const confidence = entry.confidence ?? app.records.alertOf(entry.id)?.confidence ?? null;
  return (
    <li>
      <button
        type="button"
        class={`row row-${entry.kind}${open ? " row-open" : ""}`}
        aria-current={selected}
        onClick={() => app.open(entry)}
      >
        <span class="row-time">{clock(entry.from, 1)}</span>
        <span class="row-text">{entry.text}</span>
        <span class="row-facts">
          <span class="stream-name">{entry.stream}</span>
          {" · "}
          {duration(entry.to - entry.from)}
          {open && ` · ${STATUS[entry.status]}`}
          {entry.kind === "alert" && (
            <>
              {" · rule "}
              <span class="hostile">{entry.record.rule}</span>
            </>
          )}
        </span>
        {confidence !== null && <Confidence value={confidence} />}
      </button>
    </li>
  );
}

const LEVELS: { level: Level; name: string }[] = [
  { level: "stream", name: "Stream" },
  { level: "hour", name: "Hour" },
  { level: "minute", name: "Minute" },
  { level: "window", name: "Window" },
];

export function Summaries() {
  const records = useRecords();
  const stream = useApp((state) => state.stream);
  const { from, to } = useApp((state) => state.window);
  const [level, setLevel] = useState<Level>("window");
  const found = records
    .list(["summary"], stream)
    .filter((one) => one.record.level === level && one.to >= from && one.from <= to)
    .reverse();
  return (
    <>
      <div class="list-head">
        <StreamChoice id="summaries-stream" />
        <fieldset class="segments">
          <legend class="visually-hidden">Level of the summaries</legend>
          {LEVELS.map((one) => (
            <button
              key={one.level}
              type="button"
              aria-pressed={one.level === level}
              onClick={() => setLevel(one.level)}
            >
              {one.name}
            </button>
          ))}
        </fieldset>
      </div>
      {found.length === 0 && <Empty>No summary of this level in the time shown.</Empty>}
      <ul class="rows">
        {found.slice(0, MOST_ROWS).map((one) => (
          <li key={one.id}>
            <button
              type="button"
              class="row row-summary"
              onClick={() => app.play(one.stream, one.from)}
            >
              <span class="row-time">{span(one.from, one.to)}</span>
              <span class="row-facts">
                <span class="stream-name">{one.stream}</span> · {duration(one.to - one.from)}
              </span>
              <span class="row-text">{one.text}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

export function SearchResults() {
  const search = useApp((state) => state.search);
  if (search === null) {
    return <p class="empty">Ask above for what you look for, in your own words.</p>;
  }
  return (
    <>
      <p class="list-head">
        <span>
          Results for <b class="hostile">{search.question}</b>
          {search.stream !== null && (
            <>
              {" on "}
              <b class="hostile">{search.stream}</b>
            </>
          )}
        </span>
        {search.state === "done" && search.hits.length > 0 && !search.check && (
          <button
            type="button"
            class="button"
            onClick={() => void app.search(search.question, search.stream, true)}
          >
            Check in the video
          </button>
        )}
      </p>
      {search.state === "running" && (
        <p class="empty">{search.check ? "The model looks at the best hits …" : "Searching …"}</p>
      )}
      {search.state === "failed" && <p class="problem">{search.problem}</p>}
      {search.nothingFound !== "" && (
        <p class="empty">
          <b>Nothing found.</b> <span class="hostile">{search.nothingFound}</span>
        </p>
      )}
      <ul class="rows">
        {search.hits.map((hit) => (
          <HitRow key={`${hit.result.id} ${hit.start}`} hit={hit} />
        ))}
      </ul>
    </>
  );
}

const GROUNDED = {
  confirmed: "checked by the model",
  not_confirmed: "not confirmed by the model",
  unchecked: "not checked",
} as const;

function HitRow({ hit }: { hit: Hit }) {
  const selected = useApp((state) => state.selected);
  const entry = entryOf(hit.result);
  if (entry === null) {
    return null;
  }
  const from = Date.parse(hit.start);
  const confidence = hit.grounding?.confidence ?? entry.confidence;
  return (
    <li>
      <button
        type="button"
        class="row row-hit"
        aria-current={selected === entry.id}
        onClick={() => app.openHit(hit)}
      >
        <span class="row-picture">
          <img
            src={hit.thumbnail}
            alt=""
            loading="lazy"
            onError={(event) => {
              event.currentTarget.hidden = true;
            }}
          />
        </span>
        <span class="row-text">
          {hit.text.map(({ text, match }) => (match ? <mark>{text}</mark> : text))}
        </span>
        <span class="row-facts">
          {day(from)} · {span(from, Date.parse(hit.end))}
          {hit.toleranceMs > 0 && ` ± ${(hit.toleranceMs / 1000).toFixed(2)} s`}
        </span>
        <span class="row-facts">
          <span class="stream-name">{hit.stream}</span>
          {entry.kind !== "event" && ` · ${entry.kind}`}
          {hit.grounding !== undefined && ` · ${GROUNDED[hit.grounding.outcome]}`}
        </span>
        {confidence !== null && <Confidence value={confidence} />}
      </button>
    </li>
  );
}

export function Refused() {
  const stream = useApp((state) => state.stream);
  const streams = useApp((state) => state.streams);
  const operator = useApp(() => app.operator);
  const [letters, setLetters] = useState<DeadLetter[] | null>(null);
  const [problem, setProblem] = useState("");
  const total = streams.reduce((sum, one) => sum + (one.refused ?? 0), 0);
  const load = async () => {
    try {
      setLetters(await api.deadLetters(stream));
      setProblem("");
    } catch (e) {
      setProblem(messageOf(e));
    }
  };
  useEffect(() => void load(), [stream, total]);
  const redrive = async (letter: DeadLetter) => {
    try {
      const { items } = await api.redrive(letter.id);
      const failed = items.find((one) => one.outcome !== "redriven");
      app.set({ announcement: failed?.detail ?? "Sent again" });
      setProblem(failed?.detail ?? "");
      await load();
    } catch (e) {
      setProblem(messageOf(e));
    }
  };
  return (
    <>
      <div class="list-head">
        <StreamChoice id="refused-stream" />
        {letters !== null && <span class="list-count">{count(letters.length, "record")}</span>}
      </div>
      {problem !== "" && <p class="problem">{problem}</p>}
      {letters?.length === 0 && <p class="empty">No chunk was rejected.</p>}
      <ul class="rows">
        {letters?.map((letter) => (
          <li key={letter.id} class="row row-refused">
            <span class="row-text">
              <b>{letter.reason.replaceAll("_", " ")}</b>{" "}
              <span class="hostile">{letter.detail}</span>
            </span>
            <span class="row-facts">
              <span class="stream-name">{letter.stream}</span> · {letter.id}
              {letter.recordTime !== undefined &&
                ` · ${day(Date.parse(letter.recordTime))} ${clock(Date.parse(letter.recordTime))}`}
            </span>
            {letter.redriven === true && <span class="row-facts">Sent again</span>}
            {operator && letter.redriven !== true && (
              <button type="button" class="button" onClick={() => void redrive(letter)}>
                Send again
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
