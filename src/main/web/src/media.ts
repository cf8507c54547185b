// Plays a stream's retained video from a moment on. hls.js, which loads with the first video, plays the
// stream's playlist; where a browser cannot, a clip around the moment is played instead.

import type HlsPlayer from "hls.js";
import { api, Problem, problemOf } from "./api";

const BEFORE_MS = 30_000;
const AFTER_MS = 10 * 60_000;
const CLIP_BEFORE_MS = 3_000;
const CLIP_AFTER_MS = 20_000;
const NOT_PLAYABLE = 422;

/** Video whose positions are known as absolute times. */
export interface Playback {
  readonly stream: string;
  /** Whether the service encodes the video again, because browsers do not play its codec. */
  readonly converted: boolean;
  /** Jumps to a moment; false when it is outside of what this playback holds. */
  seek(at: number): boolean;
  /** The moment that is shown. */
  now(): number | null;
  close(): void;
}

/** Opens the video around a moment and shows the frame at that moment. */
export async function open(
  video: HTMLVideoElement,
  stream: string,
  at: number,
  streamEnd: number,
): Promise<Playback> {
  const { default: Hls } = await import("hls.js/light");
  if (!Hls.isSupported()) {
    return openClip(video, stream, at, true);
  }
  // Up to the end of the stream where that is near: a live playlist goes on from there.
  const to = at + AFTER_MS < streamEnd ? at + AFTER_MS : undefined;
  const address = api.playlist(stream, at - BEFORE_MS, to);
  return new Promise((opened, failed) => {
    const hls = new Hls({
      enableWorker: false,
      maxBufferLength: 20,
      autoStartLoad: false,
    });
    const playback = new HlsPlayback(hls, video, stream);
    hls.once(Hls.Events.LEVEL_LOADED, (_, { details }) =>
      hls.startLoad(positionOf(details.fragments, at) ?? 0),
    );
    // Until a fragment is there it is open whether the browser plays the video at all.
    hls.once(Hls.Events.FRAG_BUFFERED, () => opened(playback));
    hls.on(Hls.Events.ERROR, (_, error) => {
      if (error.response?.code === NOT_PLAYABLE) {
        hls.destroy();
        openClip(video, stream, at, true).then(opened, failed);
        return;
      }
      if (!error.fatal) {
        return;
      }
      if (error.type === Hls.ErrorTypes.MEDIA_ERROR && error.details !== CODECS_UNKNOWN) {
        hls.recoverMediaError();
        return;
      }
      hls.destroy();
      void refusal(address, error.details).then(failed);
    });
    hls.loadSource(address);
    hls.attachMedia(video);
  });
}

const CODECS_UNKNOWN = "manifestIncompatibleCodecsError";

/** Why there is no video to play: in the service's own words if it refused. */
async function refusal(address: string, details: string): Promise<Problem> {
  try {
    const response = await fetch(address);
    if (!response.ok) {
      return await problemOf(response);
    }
  } catch {
    return new Problem(0, "The service does not answer.", undefined);
  }
  return new Problem(0, `This browser cannot play the video (${details}).`, undefined);
}

/** One MP4 around the moment, converted to what every browser plays if asked. */
async function openClip(
  video: HTMLVideoElement,
  stream: string,
  at: number,
  transcode: boolean,
): Promise<Playback> {
  const address = api.clip(stream, at - CLIP_BEFORE_MS, at + CLIP_AFTER_MS, transcode);
  const response = await fetch(address, { method: "HEAD" });
  if (!response.ok) {
    throw await problemOf(await fetch(address));
  }
  const from = Date.parse(response.headers.get("Chronoscope-Start") ?? "");
  const to = Date.parse(response.headers.get("Chronoscope-End") ?? "");
  video.src = address;
  const seek = (moment: number) => {
    if (moment < from || moment > to) {
      return false;
    }
    video.currentTime = (moment - from) / 1000;
    return true;
  };
  video.addEventListener("loadedmetadata", () => seek(Math.max(at, from)), { once: true });
  return {
    stream,
    converted: transcode,
    seek,
    now: () => from + video.currentTime * 1000,
    close: () => {
      video.removeAttribute("src");
      video.load();
    },
  };
}

interface TimedFragment {
  start: number;
  duration: number;
  programDateTime: number | null;
}

class HlsPlayback implements Playback {
  readonly converted = false;

  constructor(
    private readonly hls: HlsPlayer,
    private readonly video: HTMLVideoElement,
    readonly stream: string,
  ) {}

  seek(at: number): boolean {
    const fragments = this.fragments();
    const first = fragments[0]?.programDateTime ?? Number.POSITIVE_INFINITY;
    const last = fragments.at(-1);
    const end = (last?.programDateTime ?? 0) + (last?.duration ?? 0) * 1000;
    if (at < first || at > end) {
      return false;
    }
    const position = positionOf(fragments, at);
    if (position !== null) {
      this.video.currentTime = position;
    }
    return position !== null;
  }

  now(): number | null {
    const position = this.video.currentTime;
    const fragment = this.fragments().find(
      ({ start, duration }) => position >= start - 0.001 && position < start + duration,
    );
    return fragment === undefined || fragment.programDateTime === null
      ? null
      : fragment.programDateTime + (position - fragment.start) * 1000;
  }

  close(): void {
    this.hls.destroy();
  }

  private fragments(): TimedFragment[] {
    return this.hls.latestLevelDetails?.fragments ?? [];
  }
}

/** Where in the video a moment is; in a gap, the beginning of what follows. */
function positionOf(fragments: readonly TimedFragment[], at: number): number | null {
  for (const { start, duration, programDateTime } of fragments) {
    if (programDateTime !== null && at < programDateTime + duration * 1000) {
      return start + Math.max(0, at - programDateTime) / 1000;
    }
  }
  const last = fragments.at(-1);
  return last === undefined ? null : last.start;
}
