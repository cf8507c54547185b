// The player: the moment that was asked for, what is said about it, and boxes where a record has them.

import { useEffect, useRef, useState } from "preact/hooks";
import { api, Problem } from "./api";
import { app, messageOf, type Playing, useApp, useRecords } from "./app";
import { clock, day, duration, percent, span } from "./format";
import { open, openClip, type Playback } from "./media";
import type { Box, Entry } from "./records";

const BOX_SHOWN_MS = 400;

export function Player() {
  const playing = useApp((state) => state.playing);
  const video = useRef<HTMLVideoElement>(null);
  const playback = useRef<Playback | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [now, setNow] = useState<number | null>(null);

  useEffect(() => {
    if (playing === null) {
      return;
    }
    let cancelled = false;
    setProblem(null);
    void show(playing);
    return () => {
      cancelled = true;
    };

    async function show({ stream, at }: Playing) {
      const element = video.current as HTMLVideoElement;
      if (playback.current?.stream === stream && playback.current.seek(at)) {
        return;
      }
      playback.current?.close();
      playback.current = null;
      try {
        const opened = await open(element, stream, at, endOf(stream));
        if (cancelled) {
          opened.close();
        } else {
          playback.current = opened;
        }
      } catch (e) {
        if (!cancelled) {
          setProblem(e);
        }
      }
    }
  }, [playing?.request]);

  const moved = () => {
    const at = playback.current?.now() ?? null;
    app.playhead = at;
    setNow(at);
  };

  const convert = async () => {
    if (playing !== null && video.current !== null) {
      setProblem(null);
      try {
        playback.current = await openClip(video.current, playing.stream, playing.at, true);
      } catch (e) {
        setProblem(e);
      }
    }
  };

  return (
    <section class="player" aria-label="Player">
      <div class={playing === null ? "screen screen-empty" : "screen"}>
        {/* The video has no sound; the text below it describes what happens. */}
        <video
          ref={video}
          controls
          playsInline
          muted
          preload="auto"
          hidden={playing === null || problem !== null}
          aria-label={playing === null ? "Video" : `Video of ${playing.stream}`}
          onTimeUpdate={moved}
          onSeeked={moved}
          onLoadedData={moved}
        />
        {playing !== null && problem === null && <Boxes entry={playing.entry} now={now} />}
        {playing === null && <p class="screen-text">Choose an event to see its video.</p>}
        {problem !== null && <Refusal problem={problem} convert={convert} />}
      </div>
      {playing !== null && <Caption playing={playing} now={now} />}
    </section>
  );
}

function endOf(stream: string): number {
  const end = app.state.streams.find((one) => one.id === stream)?.end;
  return end === undefined ? Date.now() : Date.parse(end);
}

function Refusal({ problem, convert }: { problem: unknown; convert: () => void }) {
  const status = problem instanceof Problem ? problem.status : 0;
  return (
    <div class="screen-text" role="status">
      <p>
        {status === 410 && <strong>No longer retained. </strong>}
        {messageOf(problem)}
      </p>
      {(status === 415 || status === 422) && (
        <button type="button" class="button" onClick={convert}>
          Convert for this browser
        </button>
      )}
    </div>
  );
}

function Boxes({ entry, now }: { entry: Entry | null; now: number | null }) {
  const boxes = entry?.record.boxes ?? [];
  if (entry === null || now === null || boxes.length === 0) {
    return null;
  }
  const shown = boxes.filter((box) => isShown(box, entry, now));
  return (
    <svg class="boxes" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {shown.map((box) => (
        <rect x={box.x} y={box.y} width={box.width} height={box.height} />
      ))}
    </svg>
  );
}

/** A box with a time is shown around it, one without during the whole event. */
function isShown(box: Box, entry: Entry, now: number): boolean {
  return box.time === undefined
    ? now >= entry.from && now <= entry.to
    : Math.abs(Date.parse(box.time) - now) <= BOX_SHOWN_MS;
}

function Caption({ playing, now }: { playing: Playing; now: number | null }) {
  useRecords();
  const entry =
    playing.entry === null ? null : (app.records.get(playing.entry.id) ?? playing.entry);
  const operator = useApp(() => app.operator);
  const from = entry?.from ?? playing.at;
  const to = entry?.to ?? playing.at + 10_000;
  return (
    <div class="caption">
      <div class="caption-head">
        <h2>{entry?.text ?? "Video"}</h2>
        <span class="clock">{clock(now ?? playing.at, 1)}</span>
      </div>
      <p class="facts">
        <span class="stream-name">{playing.stream}</span> · {day(from)}
        {entry !== null && <span> · {span(entry.from, entry.to)}</span>}
      </p>
      {entry !== null && <Facts entry={entry} />}
      <div class="actions">
        <Step direction={-1} entry={entry} />
        <Step direction={1} entry={entry} />
        <a
          class="button"
          href={api.clip(playing.stream, from - 1_000, to + 1_000)}
          download="clip.mp4"
        >
          Download clip
        </a>
        {operator && entry !== null && (
          <button
            type="button"
            class="button"
            onClick={() =>
              app.set({
                tab: "rules",
                draft: { text: entry.text.replace(/\.$/, ""), streams: entry.stream },
              })
            }
          >
            Watch for this
          </button>
        )}
      </div>
    </div>
  );
}

function Facts({ entry }: { entry: Entry }) {
  const alert = app.records.alertOf(entry.id);
  const confidence = entry.confidence ?? alert?.confidence ?? null;
  const { sampling } = entry.record;
  return (
    <dl class="facts-list">
      <div>
        <dt>State</dt>
        <dd>{STATUS[entry.status]}</dd>
      </div>
      <div>
        <dt>Length</dt>
        <dd>
          {duration(entry.to - entry.from)} ± {(entry.toleranceMs / 1000).toFixed(2)} s
        </dd>
      </div>
      {confidence !== null && (
        <div>
          <dt>Confidence</dt>
          <dd>
            <Confidence value={confidence} />
          </dd>
        </div>
      )}
      {sampling !== undefined && (
        <div>
          <dt>Seen</dt>
          <dd>
            {sampling.framesSeen} frames, {sampling.fps} per s
          </dd>
        </div>
      )}
      {alert !== undefined && (
        <div>
          <dt>Alert</dt>
          <dd class="hostile">{alert.record.rule}</dd>
        </div>
      )}
    </dl>
  );
}

export const STATUS = {
  open: "Open",
  update: "Open, revised",
  closed: "Closed",
  withdrawn: "Withdrawn",
} as const;

export function Confidence({ value }: { value: number }) {
  return (
    <span class="confidence">
      <meter min={0} max={1} value={value} aria-label="Confidence" />
      {percent(value)}
    </span>
  );
}

/** The event before or after the one that plays, on the same stream. */
function Step({ direction, entry }: { direction: 1 | -1; entry: Entry | null }) {
  const events = entry === null ? [] : app.records.list(["event"], entry.stream);
  const index = events.findIndex((one) => one.id === entry?.id);
  const next = index < 0 ? undefined : events[index + direction];
  return (
    <button
      type="button"
      class="button"
      disabled={next === undefined}
      onClick={() => next !== undefined && app.open(next)}
    >
      {direction === 1 ? "Next event" : "Previous event"}
    </button>
  );
}
