// A question about retained video: the model looks at it again and says when it happens, or that it
// does not, and what it could not see.

import { useEffect, useState } from "preact/hooks";
import { type AnswerRecord, api } from "./api";
import { app, useApp } from "./app";
import { clock, duration, localInput, span } from "./format";
import { Confidence } from "./player";
import { problemText } from "./rules";

const POLL_MS = 1_000;
const MOST_MS = 3_600_000;

export function Ask() {
  const streams = useApp((state) => state.streams);
  const selected = useApp((state) => state.stream);
  const answers = useApp((state) => state.answers);
  const [stream, setStream] = useState(selected ?? "");
  const [question, setQuestion] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [asked, setAsked] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const chosen = stream || selected || streams[0]?.id || "";

  useEffect(() => {
    const facts = app.state.streams.find((one) => one.id === chosen);
    if (facts?.end !== undefined) {
      const end = Date.parse(facts.end);
      const start = Date.parse(facts.start ?? facts.end);
      setFrom(localInput(Math.max(start, end - MOST_MS)));
      setTo(localInput(end + 999));
    }
  }, [chosen]);

  // The answer comes with the changes; asking for it covers an answer that came before.
  const answer = asked === null ? undefined : answers[asked];
  useEffect(() => {
    if (asked === null || answer !== undefined) {
      return;
    }
    const timer = setInterval(async () => {
      try {
        const state = await api.question(asked);
        if (state.answer !== undefined) {
          app.set({ answers: { ...app.state.answers, [asked]: state.answer } });
        }
      } catch (e) {
        setProblem(e);
      }
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [asked, answer === undefined]);

  const submit = async (event: Event) => {
    event.preventDefault();
    setProblem(null);
    setAsked(null);
    try {
      setAsked((await api.ask(chosen, question.trim(), Date.parse(from), Date.parse(to))).id);
    } catch (e) {
      setProblem(e);
    }
  };

  return (
    <>
      <form class="form" onSubmit={submit}>
        <label>
          When does this happen?
          <input
            name="question"
            required
            maxLength={500}
            value={question}
            placeholder="a blue square appears"
            onInput={(event) => setQuestion(event.currentTarget.value)}
          />
        </label>
        <div class="fields">
          <label class="wide">
            Stream
            <select
              name="stream"
              value={chosen}
              onChange={(event) => setStream(event.currentTarget.value)}
            >
              {streams.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.id}
                </option>
              ))}
            </select>
          </label>
          <label class="wide">
            From
            <input
              type="datetime-local"
              step={1}
              required
              value={from}
              onInput={(event) => setFrom(event.currentTarget.value)}
            />
          </label>
          <label class="wide">
            To
            <input
              type="datetime-local"
              step={1}
              required
              value={to}
              onInput={(event) => setTo(event.currentTarget.value)}
            />
          </label>
        </div>
        <div class="actions">
          <button type="submit" class="button primary">
            Ask
          </button>
        </div>
      </form>
      {problem !== null && <p class="problem">{problemText(problem)}</p>}
      {asked !== null && answer === undefined && problem === null && (
        <p class="empty" role="status">
          The model looks at the video …
        </p>
      )}
      {answer !== undefined && <Answer answer={answer} />}
    </>
  );
}

function Answer({ answer }: { answer: AnswerRecord }) {
  if (answer.problem !== undefined) {
    return <p class="problem">{answer.problem}</p>;
  }
  return (
    <section class="answer" aria-label="Answer">
      <p role="status">
        <b class="hostile">{answer.question}</b>{" "}
        {answer.spans.length === 0 ? "does not happen in this time." : "happens here:"}
      </p>
      <ul class="rows">
        {answer.spans.map((one) => (
          <li key={one.start}>
            <button
              type="button"
              class="row"
              onClick={() => app.play(answer.stream, Date.parse(one.start))}
            >
              <span class="row-time">{clock(Date.parse(one.start), 1)}</span>
              <span class="row-facts">
                {duration(Date.parse(one.end) - Date.parse(one.start))}, bounds ±{" "}
                {(one.toleranceMs / 1000).toFixed(2)} s
              </span>
              <Confidence value={one.score} />
            </button>
          </li>
        ))}
      </ul>
      {answer.notSeen.length > 0 && (
        <>
          <p>Not analyzed:</p>
          <ul class="plain">
            {answer.notSeen.map((one) => (
              <li key={one.start}>
                {span(Date.parse(one.start), Date.parse(one.end))}:{" "}
                <span class="hostile">{one.reason}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
