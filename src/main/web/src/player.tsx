// The player: the moment that was asked for, what is said about it, and boxes where a record has them.

import { useEffect, useRef, useState } from "preact/hooks";
import { api, Problem } from "./api";
import { app, messageOf, type Playing, useApp, useRecords } from "./app";
import { clock, day, duration, percent, span } from "./format";
import { open, type Playback } from "./media";
import type { Entry } from "./records";

const BOX_SHOWN_MS = 400;

export function Player() {
  const playing = useApp((state) => state.playing);
  const video = useRef<HTMLVideoElement>(null);
  const playback = useRef<Playback | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [now, setNow] = useState<number | null>(null);
  const [converted, setConverted] = useState(false);

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
          setConverted(opened.converted);
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
        {playing !== null && problem === null && (
          <Boxes entry={playing.entry} now={now} video={video.current} />
        )}
        {playing === null && <p class="screen-text">Choose an event to see its video.</p>}
        {problem !== null && <Refusal problem={problem} />}
      </div>
      {playing !== null && <Caption playing={playing} now={now} converted={converted} />}
    </section>
  );
}

function endOf(stream: string): number {
  const end = app.state.streams.find((one) => one.id === stream)?.end;
  return end === undefined ? Date.now() : Date.parse(end);
}

function Refusal({ problem }: { problem: unknown }) {
  return (
    <p class="screen-text" role="status">
      {problem instanceof Problem && problem.status === 410 && <b>No longer retained. </b>}
      {messageOf(problem)}
    </p>
  );
}

/** Fits into the screen as the picture does: whole, in the middle. */
function Boxes(properties: {
  entry: Entry | null;
  now: number | null;
  video: HTMLVideoElement | null;
}) {
  const { now, video } = properties;
  const boxes = properties.entry?.record.boxes ?? [];
  if (now === null || boxes.length === 0 || !video?.videoWidth) {
    return null;
  }
  const { videoWidth: width, videoHeight: height } = video;
  return (
    <svg class="boxes" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {boxes
        .filter((box) => Math.abs(Date.parse(box.time) - now) <= BOX_SHOWN_MS)
        .map((box) => (
          <rect x={box.xPx} y={box.yPx} width={box.widthPx} height={box.heightPx} />
        ))}
    </svg>
  );
}

function Caption(properties: { playing: Playing; now: number | null; converted: boolean }) {
  const { playing, now, converted } = properties;
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
        {converted && <span> · converted for the browser</span>}
      </p>
      {entry !== null && <Facts entry={entry} />}
      <div class="actions">
        <Step direction={-1} entry={entry} />
        <Step direction={1} entry={entry} />
        <a
          class="button"
          href={api.clip(playing.stream, from - 1_000, to + 1_000, converted)}
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
        <dd>{duration(entry.to - entry.from)}</dd>
      </div>
      {entry.toleranceMs > 0 && (
        <div>
          <dt>Bounds</dt>
          <dd>± {(entry.toleranceMs / 1000).toFixed(2)} s</dd>
        </div>
      )}
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
