// The words and marks for the states of a stream: a state never shows by its color alone.

import type { StreamState } from "./api";

export const STATES: Record<StreamState, { name: string; mark: string; meaning: string }> = {
  live: { name: "Live", mark: "●", meaning: "Video arrives and is analyzed in time" },
  lagging: { name: "Lagging", mark: "▲", meaning: "The analysis is behind the video" },
  degraded: { name: "Degraded", mark: "◆", meaning: "Less is analyzed, to keep up with the video" },
  idle: { name: "Idle", mark: "○", meaning: "No video has arrived for a while" },
  ended: { name: "Ended", mark: "■", meaning: "The producer ended the stream" },
};
