// The service's HTTP interface. Nothing else in the page knows its paths.

import type { TopicRecord } from "./records";

export type StreamState = "live" | "idle" | "ended" | "lagging" | "degraded";

export interface StreamFacts {
  id: string;
  state: StreamState;
  start?: string;
  end?: string;
  events?: number;
  openEvents?: number;
  alerts?: number;
  gaps?: number;
  refused?: number;
  lagMs?: number;
  notSeenMs?: number;
}

export interface Rule {
  id: string;
  text: string;
  streams: string;
  threshold: number;
  coolDownSeconds: number;
  priority: number;
}

export interface Backtest {
  id: string;
  state: "running" | "done" | "failed";
  alerts?: TopicRecord[];
  chunks?: number;
  problem?: string;
}

export interface AnswerSpan {
  start: string;
  end: string;
  toleranceMs: number;
  score: number;
}

export interface AnswerRecord {
  id: string;
  stream: string;
  question: string;
  problem?: string;
  spans: AnswerSpan[];
  notSeen: { start: string; end: string; reason: string }[];
}

/** A moment that a search found. Its bounds are narrower than the record's if the model checked them. */
export interface Hit {
  stream: string;
  start: string;
  end: string;
  toleranceMs: number;
  score: number;
  text: { text: string; match: boolean }[];
  grounding?: { outcome: "confirmed" | "not_confirmed" | "unchecked"; confidence?: number };
  result: TopicRecord;
  thumbnail: string;
}

export interface SearchAnswer {
  /** What was searched for; of a picture, what it shows. */
  query: string;
  items: Hit[];
  /** Why nothing was found. */
  nothingFound?: string;
}

export interface DeadLetter {
  id: string;
  stream: string;
  reason: string;
  detail: string;
  recordTime?: string;
  sizeBytes?: number;
  redriven?: boolean;
}

export interface Session {
  auth: string;
  name?: string;
  roles: string[];
}

/** A refusal of the service, in its own words. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field: string | undefined,
  ) {
    super(message);
  }
}

type Parameters = Record<string, string | number | undefined>;

function address(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") {
      query.set(name, String(value));
    }
  }
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Problem(0, "The service does not answer.", undefined);
  }
  if (!response.ok) {
    throw await problemOf(response);
  }
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export async function problemOf(response: Response): Promise<Problem> {
  let detail = `The service answered ${response.status}.`;
  let field: string | undefined;
  try {
    const body = await response.json();
    detail = body.detail ?? body.title ?? detail;
    field = body.field;
  } catch {
    // Not problem+json: the status has to do.
  }
  return new Problem(response.status, detail, field);
}

function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  return ask<T>(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

interface Page<T> {
  items: T[];
  next?: string;
}

/** Reads a list to its end, page by page. */
async function all<T>(
  path: string,
  parameters: Parameters,
  onPage: (items: T[]) => void,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const page: Page<T> = await ask(address(path, { ...parameters, limit: 1000, cursor }));
    onPage(page.items);
    cursor = page.next;
  } while (cursor !== undefined);
}

const ofStream = (stream: string) => `/api/streams/${encodeURIComponent(stream)}`;
const iso = (at: number) => new Date(at).toISOString();

export const api = {
  session: () => ask<Session>("/api/session"),

  signIn: (token: string) => send<Session>("POST", "/api/session", { token }),

  async streams(): Promise<StreamFacts[]> {
    const found: StreamFacts[] = [];
    await all<StreamFacts>("/api/streams", {}, (items) => found.push(...items));
    return found;
  },

  /** Events, gaps, alerts and summaries that overlap a span, of all streams, newest first. */
  records: (from: number, to: number, onPage: (records: TopicRecord[]) => void) =>
    all<TopicRecord>(
      "/api/results",
      {
        type: "event,gap,unanswered,alert,summary",
        from: iso(from),
        to: iso(to),
        order: "newest_first",
      },
      onPage,
    ),

  /** @param check whether the model checks the best hits in the video, which takes a while */
  search: (question: string, stream: string | null, check: boolean) =>
    ask<SearchAnswer>(
      address("/api/search", {
        q: question,
        stream: stream ?? undefined,
        limit: 50,
        ground: check ? "true" : undefined,
      }),
    ),

  /** The model describes the picture, and the description is searched for. */
  searchPicture: (picture: File, stream: string | null) =>
    ask<SearchAnswer>(address("/api/search/picture", { stream: stream ?? undefined, limit: 50 }), {
      method: "POST",
      headers: { "Content-Type": picture.type || "application/octet-stream" },
      body: picture,
    }),

  async rules(): Promise<Rule[]> {
    const found: Rule[] = [];
    await all<Rule>("/api/rules", {}, (items) => found.push(...items));
    return found;
  },

  putRule: ({ id, ...rule }: Rule) =>
    send<unknown>("PUT", `/api/rules/${encodeURIComponent(id)}`, rule),

  removeRule: (id: string) => send<void>("DELETE", `/api/rules/${encodeURIComponent(id)}`),

  startBacktest: (rule: Rule, from: number, to: number) =>
    send<Backtest>("POST", "/api/rules/backtests", {
      rule,
      streams: rule.streams,
      from: iso(from),
      to: iso(to),
    }),

  backtest: (id: string) => ask<Backtest>(`/api/rules/backtests/${encodeURIComponent(id)}`),

  ask: (stream: string, question: string, from: number, to: number) =>
    send<{ id: string }>("POST", "/api/questions", {
      stream,
      question,
      from: iso(from),
      to: iso(to),
    }),

  question: (id: string) =>
    ask<{ state: string; answer?: AnswerRecord }>(`/api/questions/${encodeURIComponent(id)}`),

  async deadLetters(stream: string | null): Promise<DeadLetter[]> {
    const page: Page<DeadLetter> = await ask(
      address("/api/dead-letters", { stream: stream ?? undefined, limit: 200 }),
    );
    return page.items;
  },

  redrive: (id: string) =>
    send<Page<{ id: string; outcome: string; detail?: string }>>(
      "POST",
      "/api/dead-letters/redrive",
      { ids: [id] },
    ),

  updates: (lastEventId: string | null) =>
    address("/api/updates", { lastEventId: lastEventId ?? undefined }),

  playlist: (stream: string, from: number, to: number | undefined) =>
    address(`${ofStream(stream)}/playlist.m3u8`, {
      from: iso(from),
      to: to === undefined ? undefined : iso(to),
    }),

  clip: (stream: string, from: number, to: number, transcode = false) =>
    address(`${ofStream(stream)}/clip`, {
      from: iso(from),
      to: iso(to),
      transcode: transcode ? "true" : undefined,
    }),
};
