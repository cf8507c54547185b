// The page's state and what changes it. Components read it with `useApp` and call its methods.

import { useEffect, useState } from "preact/hooks";
import {
  type AnswerRecord,
  api,
  type Hit,
  Problem,
  type Rule,
  type SearchAnswer,
  type Session,
  type StreamFacts,
  type StreamState,
} from "./api";
import { type Connection, LiveUpdates } from "./live";
import { type Entry, Records, type TopicRecord } from "./records";

export type Tab = "moments" | "alerts" | "summaries" | "search" | "rules" | "ask" | "refused";

export interface TimeWindow {
  from: number;
  to: number;
}

export interface Search {
  question: string;
  stream: string | null;
  /** Whether the model checks the best hits in the video. */
  check: boolean;
  state: "running" | "done" | "failed";
  hits: Hit[];
  /** Why nothing was found; empty when something was. */
  nothingFound: string;
  problem: string;
}

/** What the player shows: a moment of a stream, and the entry that led there. */
export interface Playing {
  stream: string;
  at: number;
  entry: Entry | null;
  /** Increases with every request, so that the same moment can be asked for again. */
  request: number;
}

export interface State {
  connection: Connection;
  session: Session | null;
  signInNeeded: boolean;
  problem: string;
  streams: StreamFacts[];
  streamsLoaded: boolean;
  loading: boolean;
  window: TimeWindow;
  follow: boolean;
  nameFilter: string;
  stateFilter: StreamState | "refused" | null;
  stream: string | null;
  selected: string | null;
  playing: Playing | null;
  tab: Tab;
  search: Search | null;
  answers: Record<string, AnswerRecord>;
  rules: Rule[] | null;
  draft: Partial<Rule>;
  /** Read out by screen readers. */
  announcement: string;
}

const MINUTE = 60_000;
const STREAMS_EVERY_MS = 5_000;
const FOLLOW_EVERY_MS = 1_000;
const DRAW_EVERY_MS = 150;

export class App {
  readonly records = new Records();
  /** Where the player is, in the stream's time; components that follow it subscribe themselves. */
  playhead: number | null = null;
  state: State = {
    connection: "connecting",
    session: null,
    signInNeeded: false,
    problem: "",
    streams: [],
    streamsLoaded: false,
    loading: true,
    window: { from: Date.now() - 15 * MINUTE, to: Date.now() },
    follow: true,
    nameFilter: "",
    stateFilter: null,
    stream: null,
    selected: null,
    playing: null,
    tab: "moments",
    search: null,
    answers: {},
    rules: null,
    draft: {},
    announcement: "",
  };

  private readonly listeners = new Set<() => void>();
  private loaded: TimeWindow | null = null;
  private drawing = 0;
  private drawingTook = 0;
  private recordsSeen = 0;
  private placed = false;
  private loads: Promise<void> = Promise.resolve();
  /** The request that came from the address, as long as its event is not known. */
  private addressed = 0;
  private readonly live = new LiveUpdates({
    onConnection: (connection) => this.set({ connection }),
    onFresh: () => void this.reload(),
    onRecord: (record) => this.receive(record),
    onRemoved: (id) => this.remove(id),
    onStream: (facts) => this.replaceStream(facts),
  });

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) {
      listener();
    }
  }

  async start(): Promise<void> {
    this.followAddress();
    addEventListener("hashchange", () => this.followAddress());
    try {
      this.set({ session: await api.session(), signInNeeded: false });
    } catch (e) {
      if (e instanceof Problem && (e.status === 401 || e.status === 403)) {
        this.set({ signInNeeded: true, loading: false });
        return;
      }
      // A service that is starting: the connection below keeps trying.
    }
    this.live.start();
    await this.refreshStreams();
    setInterval(() => void this.refreshStreams(), STREAMS_EVERY_MS);
    setInterval(() => this.moveAlong(), FOLLOW_EVERY_MS);
  }

  async signIn(token: string): Promise<void> {
    await api.signIn(token);
    await this.start();
  }

  get operator(): boolean {
    return this.state.session === null || this.state.session.roles.includes("operator");
  }

  // --- what arrives -----------------------------------------------------------------------------

  private receive(record: TopicRecord): void {
    if (record.type === "io.chronoscope.answer") {
      const answer = record as unknown as AnswerRecord;
      this.set({ answers: { ...this.state.answers, [answer.id]: answer } });
    } else {
      this.put([record]);
    }
  }

  private remove(id: string): void {
    this.records.remove(id);
    this.drawSoon();
  }

  private replaceStream(facts: StreamFacts): void {
    this.setStreams([...this.state.streams.filter((one) => one.id !== facts.id), facts]);
  }

  private put(records: readonly TopicRecord[]): void {
    for (const record of records) {
      if (this.records.put(record) && record.type === "io.chronoscope.alert" && this.placed) {
        this.announceAlert(record);
      }
    }
    this.drawSoon();
  }

  private announceAlert(record: TopicRecord): void {
    if (record.revision === 1 && record.status !== "withdrawn" && !this.state.loading) {
      this.set({ announcement: `Alert on ${record.stream}: ${record.text ?? record.rule ?? ""}` });
    }
  }

  /** Views that show records are drawn again a few times a second, less often where that takes long. */
  private drawSoon(): void {
    if (this.drawing === 0) {
      this.drawing = window.setTimeout(
        () => {
          this.drawing = 0;
          if (this.recordsSeen !== this.records.version) {
            this.recordsSeen = this.records.version;
            const started = performance.now();
            this.set({});
            requestAnimationFrame(() => {
              this.drawingTook = performance.now() - started;
            });
          }
        },
        Math.max(DRAW_EVERY_MS, 3 * this.drawingTook),
      );
    }
  }

  private async reload(): Promise<void> {
    this.loaded = null;
    await this.refreshStreams();
    this.loadWindow();
  }

  async refreshStreams(): Promise<void> {
    try {
      this.setStreams(await api.streams());
    } catch (e) {
      this.refused(e);
    }
  }

  private setStreams(streams: StreamFacts[]): void {
    streams.sort((a, b) => a.id.localeCompare(b.id, undefined, { numeric: true }));
    if (
      !this.state.streamsLoaded ||
      JSON.stringify(streams) !== JSON.stringify(this.state.streams)
    ) {
      this.set({ streams, streamsLoaded: true });
    }
    if (this.placed) {
      return;
    }
    if (!streams.some((stream) => stream.end !== undefined)) {
      this.set({ loading: false });
      return;
    }
    this.placed = true;
    if (this.state.playing === null) {
      this.showLatest();
    }
    this.loadWindow();
  }

  private refused(problem: unknown): void {
    if (problem instanceof Problem && problem.status === 401) {
      this.set({ signInNeeded: true });
    } else if (problem instanceof Problem && problem.status !== 0) {
      this.set({ problem: messageOf(problem) });
    }
    // Status 0: the service is away, which the connection already says.
  }

  /** Loads the records of the window that are not there yet, with half a window on either side. */
  loadWindow(): void {
    const { from, to } = this.state.window;
    const margin = (to - from) / 2;
    const known = this.loaded;
    if (known !== null && known.from <= from && known.to >= to) {
      return;
    }
    const wanted = { from: from - margin, to: to + margin };
    const adjacent = known !== null && wanted.from <= known.to && wanted.to >= known.from;
    const missing: TimeWindow[] = [];
    if (!adjacent || known === null) {
      missing.push(wanted);
      this.loaded = wanted;
    } else {
      if (wanted.from < known.from) {
        missing.push({ from: wanted.from, to: known.from });
      }
      if (wanted.to > known.to) {
        missing.push({ from: known.to, to: wanted.to });
      }
      this.loaded = {
        from: Math.min(wanted.from, known.from),
        to: Math.max(wanted.to, known.to),
      };
    }
    this.set({ loading: true });
    this.loads = this.loads
      .then(async () => {
        for (const part of missing) {
          await api.records(part.from, part.to, (records) => this.put(records));
        }
        this.describeAddressed();
        this.set({ problem: "" });
      })
      .catch((e) => {
        this.loaded = null;
        this.refused(e);
      })
      .finally(() => this.set({ loading: false }));
  }

  // --- the window of time -----------------------------------------------------------------------

  /** The newest moment that any stream was analyzed to. */
  latest(): number {
    const ends = this.shownStreams().map((one) =>
      one.end === undefined ? 0 : Date.parse(one.end),
    );
    return Math.max(0, ...ends) || Date.now();
  }

  /** The oldest moment of any stream. */
  earliest(): number {
    const starts = this.shownStreams().map((one) => Date.parse(one.start ?? ""));
    return Math.min(...starts.filter((one) => !Number.isNaN(one)), this.latest());
  }

  private showLatest(): void {
    const to = this.latest();
    const newest = this.state.streams.filter(
      (one) => one.end !== undefined && to - Date.parse(one.end) < 15 * MINUTE,
    );
    const starts = newest.map((one) => Date.parse(one.start ?? one.end ?? ""));
    const length = Math.min(15 * MINUTE, Math.max(20_000, to - Math.min(to, ...starts)));
    this.set({ window: { from: to - length * 1.02, to: to + length * 0.08 } });
  }

  show(window: TimeWindow, follow = false): void {
    this.set({ window, follow });
    this.loadWindow();
  }

  zoom(factor: number): void {
    const { from, to } = this.state.window;
    const selected = this.selectedEntry();
    const middle =
      selected !== undefined && selected.from >= from && selected.to <= to
        ? (selected.from + selected.to) / 2
        : this.state.follow
          ? to
          : (from + to) / 2;
    const length = Math.min(90 * 24 * 60 * MINUTE, Math.max(2_000, (to - from) * factor));
    const part = (middle - from) / (to - from);
    this.show(
      { from: middle - length * part, to: middle + length * (1 - part) },
      this.state.follow && selected === undefined,
    );
  }

  showLength(length: number): void {
    const { to } = this.state.window;
    const end = this.state.follow ? this.latest() + length * 0.08 : to;
    this.show({ from: end - length, to: end }, this.state.follow);
  }

  /** From the beginning of the first shown stream to the end of the last. */
  showAll(): void {
    const known = this.shownStreams().filter((one) => one.end !== undefined);
    if (known.length > 0) {
      const from = Math.min(...known.map((one) => Date.parse(one.start ?? one.end ?? "")));
      const to = Math.max(...known.map((one) => Date.parse(one.end ?? "")));
      const margin = Math.max(1_000, (to - from) * 0.03);
      this.show({ from: from - margin, to: to + margin });
    }
  }

  setFollow(follow: boolean): void {
    this.set({ follow });
    this.moveAlong();
  }

  /** Keeps the newest results in sight. */
  private moveAlong(): void {
    const { window, follow } = this.state;
    if (!follow || !this.placed) {
      return;
    }
    const length = window.to - window.from;
    const latest = this.latest();
    if (latest > window.to - length * 0.04 || latest < window.from) {
      const to = latest + length * 0.1;
      this.show({ from: to - length, to }, true);
    }
  }

  // --- streams and moments ----------------------------------------------------------------------

  shownStreams(): StreamFacts[] {
    const { streams, nameFilter, stateFilter } = this.state;
    const wanted = nameFilter.trim().toLowerCase();
    return streams.filter(
      (one) =>
        (wanted === "" || one.id.toLowerCase().includes(wanted)) &&
        (stateFilter === null ||
          (stateFilter === "refused" ? (one.refused ?? 0) > 0 : one.state === stateFilter)),
    );
  }

  /** Makes a stream the one that the lists are about, and brings its results into sight. */
  selectStream(stream: string | null): void {
    this.set({ stream });
    const facts = this.state.streams.find((one) => one.id === stream);
    if (facts?.end === undefined) {
      return;
    }
    const from = Date.parse(facts.start ?? facts.end);
    const to = Date.parse(facts.end);
    const { window } = this.state;
    if (to < window.from || from > window.to) {
      const length = window.to - window.from;
      this.show({ from: to - length * 0.9, to: to + length * 0.1 });
    }
  }

  selectedEntry(): Entry | undefined {
    return this.state.selected === null ? undefined : this.records.get(this.state.selected);
  }

  select(entry: Entry): void {
    this.set({ selected: entry.id, stream: entry.stream, follow: false });
    this.bringIntoSight(entry.from, entry.to);
  }

  /** Selects an entry and plays it. */
  open(entry: Entry): void {
    this.select(entry);
    this.play(entry.stream, entry.from, entry);
  }

  play(stream: string, at: number, entry: Entry | null = null): void {
    const request = (this.state.playing?.request ?? 0) + 1;
    this.set({ playing: { stream, at, entry, request }, stream, follow: false });
    history.replaceState(
      null,
      "",
      `#stream=${encodeURIComponent(stream)}&at=${new Date(at).toISOString()}`,
    );
    this.bringIntoSight(at, at);
  }

  /** Opens what a search found, also when the page does not have its record yet. */
  openHit({ result, start }: Hit): void {
    this.put([result]);
    const entry = this.records.get(result.id);
    if (entry !== undefined) {
      this.select(entry);
      this.play(entry.stream, Date.parse(start), entry);
    }
  }

  private bringIntoSight(from: number, to: number): void {
    const { window } = this.state;
    const length = window.to - window.from;
    if (from < window.from || to > window.to) {
      const wider = Math.max(length, (to - from) * 1.5);
      const middle = (from + to) / 2;
      this.show({ from: middle - wider / 2, to: middle + wider / 2 });
    }
  }

  private followAddress(): void {
    const address = new URLSearchParams(location.hash.slice(1));
    const stream = address.get("stream");
    const at = Date.parse(address.get("at") ?? "");
    if (stream === null || Number.isNaN(at)) {
      return;
    }
    const { playing } = this.state;
    if (playing?.stream !== stream || Math.abs(playing.at - at) >= 1) {
      const near = { from: at - MINUTE / 2, to: at + MINUTE / 2 };
      if (!this.placed) {
        this.set({ window: near });
      } else if (this.state.window.to - this.state.window.from > 5 * MINUTE) {
        this.show(near);
      }
      this.play(stream, at);
      this.addressed = this.state.playing?.request ?? 0;
      this.describeAddressed();
    }
  }

  /** Selects the event that happens at the moment in the address. */
  private describeAddressed(): void {
    const { playing } = this.state;
    if (playing === null || playing.request !== this.addressed) {
      return;
    }
    const entry = this.records
      .list(["event"], playing.stream)
      .find((one) => one.from <= playing.at && playing.at <= one.to);
    if (entry !== undefined) {
      this.addressed = 0;
      this.set({ selected: entry.id, playing: { ...playing, entry } });
    }
  }

  // --- search, rules ----------------------------------------------------------------------------

  /** While hits are checked, those of the search before stay. */
  search(question: string, stream: string | null, check = false): Promise<void> {
    const shown = check ? (this.state.search?.hits ?? []) : [];
    return this.find({ question, stream, check, hits: shown }, () =>
      api.search(question, stream, check),
    );
  }

  /** What a picture shows, as the model describes it, is searched for. */
  searchPicture(picture: File, stream: string | null): Promise<void> {
    return this.find({ question: picture.name, stream, check: false, hits: [] }, () =>
      api.searchPicture(picture, stream),
    );
  }

  private async find(
    search: Pick<Search, "question" | "stream" | "check" | "hits">,
    ask: () => Promise<SearchAnswer>,
  ): Promise<void> {
    const running: Search = { ...search, state: "running", nothingFound: "", problem: "" };
    this.set({ search: running, tab: "search" });
    let outcome: Search;
    try {
      const found = await ask();
      const nothingFound =
        found.nothingFound ??
        (found.items.length === 0 ? "No event or summary describes this." : "");
      outcome = {
        ...running,
        question: found.query || search.question,
        state: "done",
        hits: found.items,
        nothingFound,
      };
    } catch (e) {
      outcome = { ...running, state: "failed", problem: messageOf(e) };
    }
    if (this.state.search === running) {
      const hits = outcome.hits.length;
      this.set({
        search: outcome,
        announcement: outcome.problem || (hits === 0 ? "Nothing found" : `${hits} found`),
      });
    }
  }

  async refreshRules(): Promise<void> {
    try {
      this.set({ rules: await api.rules() });
    } catch (e) {
      this.refused(e);
    }
  }
}

/** The service's details begin in lower case. */
export function messageOf(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const app = new App();

/** The part of the state that a component needs; it is drawn again when that part changes. */
export function useApp<T>(select: (state: State) => T): T {
  const [value, setValue] = useState(() => select(app.state));
  useEffect(() => {
    const update = () => setValue(() => select(app.state));
    update();
    return app.subscribe(update);
  }, []);
  return value;
}

/** Draws a component again when records change. */
export function useRecords(): Records {
  useApp(() => app.records.version);
  return app.records;
}
