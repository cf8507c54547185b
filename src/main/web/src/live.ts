// Server-sent events that lose nothing. The browser resumes a broken connection by itself with
// Last-Event-ID; when the service was down for longer it gives up, and this class starts it again
// from the last position that it saw.

import { api } from "./api";

export type Connection = "connecting" | "connected" | "lost";

export interface Listener {
  onConnection(state: Connection): void;
  /** There is no position to resume from: whatever the page holds has to be loaded again. */
  onFresh(): void;
  onRecord(type: string, record: unknown): void;
}

const TYPES = [
  "event",
  "gap",
  "summary",
  "alert",
  "unanswered",
  "window.unanswered",
  "stream-end",
  "stream.ended",
  "dead-letter",
  "answer",
  "rule",
];
const LONGEST_WAIT_MS = 5_000;

export class LiveUpdates {
  private source: EventSource | null = null;
  private position: string | null = null;
  private failures = 0;

  constructor(private readonly listener: Listener) {}

  start(): void {
    this.listener.onConnection("connecting");
    const source = new EventSource(api.changes(this.position));
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.listener.onConnection("connected");
    };
    source.onerror = () => {
      this.listener.onConnection("lost");
      if (source.readyState === EventSource.CLOSED && this.source === source) {
        const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.failures++);
        setTimeout(() => this.start(), wait);
      }
    };
    const fresh = (message: MessageEvent<string>) => {
      this.position = message.lastEventId || this.position;
      this.listener.onFresh();
    };
    source.addEventListener("hello", fresh);
    source.addEventListener("reset", fresh);
    for (const type of TYPES) {
      source.addEventListener(type, (message: MessageEvent<string>) => {
        this.position = message.lastEventId || this.position;
        this.listener.onRecord(type, JSON.parse(message.data));
      });
    }
  }
}
