// Server-sent events that lose nothing. The browser resumes a broken connection by itself with
// Last-Event-ID; when the service was down for longer it gives up, and this class starts it again
// from the last position that it saw.

import { api, type StreamFacts } from "./api";
import type { TopicRecord } from "./records";

export type Connection = "connecting" | "connected" | "lost";

export interface Listener {
  onConnection(state: Connection): void;
  /** There is no position to resume from: whatever the page holds has to be loaded again. */
  onFresh(): void;
  onRecord(record: TopicRecord): void;
  onRemoved(id: string): void;
  onStream(facts: StreamFacts): void;
}

const LONGEST_WAIT_MS = 5_000;

export class LiveUpdates {
  private position: string | null = null;
  private begun = false;
  private failures = 0;

  constructor(private readonly listener: Listener) {}

  start(): void {
    this.listener.onConnection("connecting");
    const source = new EventSource(api.updates(this.position));
    source.onopen = () => {
      this.failures = 0;
      this.listener.onConnection("connected");
    };
    source.onerror = () => {
      this.listener.onConnection("lost");
      if (source.readyState === EventSource.CLOSED) {
        const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.failures++);
        setTimeout(() => this.start(), wait);
      }
    };
    this.on(source, "ready", () => {
      if (!this.begun) {
        this.begun = true;
        this.listener.onFresh();
      }
    });
    this.on(source, "reset", () => this.listener.onFresh());
    this.on(source, "record", (data) => this.listener.onRecord(data as TopicRecord));
    this.on(source, "removed", (data) => this.listener.onRemoved((data as { id: string }).id));
    this.on(source, "stream", (data) => this.listener.onStream(data as StreamFacts));
  }

  private on(source: EventSource, type: string, handle: (data: unknown) => void): void {
    source.addEventListener(type, (message: MessageEvent<string>) => {
      this.position = message.lastEventId || this.position;
      handle(JSON.parse(message.data));
    });
  }
}
