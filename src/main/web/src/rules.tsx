// Rules: those in force, and a form for a new one. A rule is tried on retained video first.

import { useEffect, useState } from "preact/hooks";
import { api, type Backtest, Problem, type Rule } from "./api";
import { app, messageOf, useApp } from "./app";
import { clock, count, duration, localInput, percent } from "./format";
import { entryOf } from "./records";

const POLL_MS = 700;
const MOST_MS = 30 * 60_000;

export function Rules() {
  const rules = useApp((state) => state.rules);
  const operator = useApp(() => app.operator);
  useEffect(() => void app.refreshRules(), []);
  return (
    <>
      {operator ? <RuleForm /> : <p class="empty">Writing rules needs the role “operator”.</p>}
      <h3 class="part-title">{rules === null ? "In force" : `In force: ${rules.length}`}</h3>
      {rules?.length === 0 && <p class="empty">No rule yet.</p>}
      <ul class="rows">
        {rules?.map((rule) => (
          <RuleRow key={rule.id} rule={rule} operator={operator} />
        ))}
      </ul>
    </>
  );
}

function RuleRow({ rule, operator }: { rule: Rule; operator: boolean }) {
  const [problem, setProblem] = useState("");
  const remove = async () => {
    try {
      await api.removeRule(rule.id);
      app.set({ announcement: `Rule ${rule.id} removed` });
    } catch (e) {
      setProblem(messageOf(e));
    }
    await refreshUntil((rules) => !rules.some((one) => one.id === rule.id));
  };
  return (
    <li class="row row-rule">
      <span class="row-text">{rule.text}</span>
      <span class="row-facts">
        <b class="hostile">{rule.id}</b> · streams <span class="hostile">{rule.streams}</span> ·
        threshold {percent(rule.threshold)}
        {rule.coolDownSeconds > 0 && ` · cool-down ${duration(rule.coolDownSeconds * 1000)}`}
        {rule.priority !== 0 && ` · priority ${rule.priority}`}
      </span>
      {problem !== "" && <p class="problem">{problem}</p>}
      {operator && (
        <span class="actions">
          <button type="button" class="button" onClick={() => app.set({ draft: rule })}>
            Change
          </button>
          <button type="button" class="button" onClick={() => void remove()}>
            Remove
          </button>
        </span>
      )}
    </li>
  );
}

/** A rule is a record on a topic: it is in force a moment after it was written. */
async function refreshUntil(inForce: (rules: Rule[]) => boolean): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    await app.refreshRules();
    if (inForce(app.state.rules ?? [])) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function idOf(text: string): string {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? ["rule"];
  return words.slice(0, 6).join("-").slice(0, 60);
}

function RuleForm() {
  const draft = useApp((state) => state.draft);
  const [text, setText] = useState("");
  const [streams, setStreams] = useState("*");
  const [threshold, setThreshold] = useState(0.5);
  const [coolDown, setCoolDown] = useState(0);
  const [priority, setPriority] = useState(0);
  const loaded = useApp((state) => state.streamsLoaded);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [backtest, setBacktest] = useState<Backtest | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [saved, setSaved] = useState("");
  const [triedWording, setTriedWording] = useState("");

  // The last half hour of what there is, or all of it.
  useEffect(() => {
    const end = app.latest() + 1_000;
    setFrom(localInput(Math.max(app.earliest(), end - MOST_MS)));
    setTo(localInput(end));
  }, [loaded]);

  useEffect(() => {
    if (draft.text !== undefined) {
      setText(draft.text);
      setStreams(draft.streams ?? "*");
      setThreshold(draft.threshold ?? 0.5);
      setCoolDown(draft.coolDownSeconds ?? 0);
      setPriority(draft.priority ?? 0);
      setBacktest(null);
      setSaved("");
    }
  }, [draft]);

  const rule: Rule = {
    id: draft.id ?? idOf(text),
    text: text.trim(),
    streams: streams.trim() || "*",
    threshold,
    coolDownSeconds: coolDown,
    priority,
  };

  const wording = JSON.stringify(rule);
  const tried = backtest?.state === "done" && triedWording === wording;

  const tryOut = async () => {
    setProblem(null);
    setSaved("");
    setTriedWording(wording);
    try {
      let test = await api.startBacktest(rule, Date.parse(from), Date.parse(to));
      setBacktest({ ...test, state: test.state ?? "running" });
      while ((test.state ?? "running") === "running") {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        test = await api.backtest(test.id);
        setBacktest(test);
      }
      const alerts = count(test.alerts?.length ?? 0, "alert");
      app.set({ announcement: test.problem ?? `Backtest done: ${alerts}` });
    } catch (e) {
      setBacktest(null);
      setProblem(e);
    }
  };

  const goLive = async (event: Event) => {
    event.preventDefault();
    setProblem(null);
    try {
      await api.putRule(rule);
      setSaved(rule.id);
      app.set({ draft: {}, announcement: `Rule ${rule.id} is in force` });
      await refreshUntil((rules) => rules.some((one) => one.id === rule.id));
    } catch (e) {
      setProblem(e);
    }
  };

  return (
    <form class="form" onSubmit={goLive}>
      <h3 class="part-title">{draft.id === undefined ? "New rule" : `Change ${draft.id}`}</h3>
      <label>
        Raise an alert when
        <input
          name="text"
          required
          maxLength={500}
          value={text}
          placeholder="a red circle stops"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <div class="fields">
        <label>
          Streams (* matches any)
          <input
            name="streams"
            required
            maxLength={512}
            value={streams}
            onInput={(event) => setStreams(event.currentTarget.value)}
          />
        </label>
        <label>
          Threshold (0 to 1)
          <input
            name="threshold"
            type="number"
            min={0}
            max={1}
            step={0.05}
            value={threshold}
            onInput={(event) => setThreshold(event.currentTarget.valueAsNumber)}
          />
        </label>
        <label>
          Cool-down (s)
          <input
            name="coolDown"
            type="number"
            min={0}
            step={1}
            value={coolDown}
            onInput={(event) => setCoolDown(event.currentTarget.valueAsNumber)}
          />
        </label>
        <label>
          Priority
          <input
            name="priority"
            type="number"
            step={1}
            value={priority}
            onInput={(event) => setPriority(event.currentTarget.valueAsNumber)}
          />
        </label>
      </div>
      <fieldset class="fields">
        <legend>Try it on retained video</legend>
        <label class="wide">
          From
          <input
            type="datetime-local"
            step={1}
            value={from}
            onInput={(event) => setFrom(event.currentTarget.value)}
          />
        </label>
        <label class="wide">
          To
          <input
            type="datetime-local"
            step={1}
            value={to}
            onInput={(event) => setTo(event.currentTarget.value)}
          />
        </label>
        <button
          type="button"
          class={tried ? "button" : "button primary"}
          disabled={rule.text === "" || backtest?.state === "running"}
          onClick={() => void tryOut()}
        >
          Backtest
        </button>
      </fieldset>
      {problem !== null && <p class="problem">{problemText(problem)}</p>}
      {backtest !== null && <BacktestResult backtest={backtest} />}
      <div class="actions">
        <button type="submit" class={tried ? "button primary" : "button"}>
          {tried ? "Put into force" : "Put into force without a backtest"}
        </button>
        {draft.id !== undefined && (
          <button type="button" class="button" onClick={() => app.set({ draft: { text: "" } })}>
            Cancel
          </button>
        )}
        {saved !== "" && (
          <span role="status">
            <span class="hostile">{saved}</span> is in force.
          </span>
        )}
      </div>
    </form>
  );
}

export function problemText(problem: unknown): string {
  const field = problem instanceof Problem && problem.field ? `${problem.field}: ` : "";
  return field + messageOf(problem);
}

function BacktestResult({ backtest }: { backtest: Backtest }) {
  if (backtest.state === "running") {
    const { chunks } = backtest;
    return (
      <p class="empty" role="status">
        Backtest running{chunks === undefined ? "" : `, ${count(chunks, "chunk")}`} …
      </p>
    );
  }
  if (backtest.state === "failed") {
    return <p class="problem">{backtest.problem ?? "The backtest failed."}</p>;
  }
  const alerts = (backtest.alerts ?? []).filter((one) => one.status !== "withdrawn");
  return (
    <div class="backtest">
      <p>
        Would have raised <b>{count(alerts.length, "alert")}</b>.
      </p>
      <ul class="rows">
        {alerts.slice(0, 50).map((alert) => {
          const entry = entryOf(alert);
          return (
            entry !== null && (
              <li key={alert.id}>
                <button
                  type="button"
                  class="row"
                  onClick={() => app.play(entry.stream, entry.from)}
                >
                  <span class="row-time">{clock(entry.from, 1)}</span>
                  <span class="row-facts">
                    <span class="stream-name">{entry.stream}</span>
                    {entry.confidence !== null && ` · ${percent(entry.confidence)}`}
                  </span>
                </button>
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
