// The page. app.ts holds its state, live.ts what arrives, timeline.tsx and player.tsx the two views
// that libraries draw, lists.tsx, rules.tsx and ask.tsx the lists and forms beside them.

import { render } from "preact";
import { useState } from "preact/hooks";
import { app, messageOf, useApp } from "./app";
import { applyTheme, Header } from "./header";
import { Legend, StreamFilters, TimeControls } from "./overview";
import { Panels } from "./panels";
import { Player } from "./player";
import { Timeline } from "./timeline";

function Page() {
  const signIn = useApp((state) => state.signInNeeded);
  return (
    <>
      {!signIn && (
        <a class="skip" href="#panel">
          Skip to the lists
        </a>
      )}
      <Header />
      {signIn ? <SignIn /> : <Main />}
      <Announcements />
    </>
  );
}

function Main() {
  const problem = useApp((state) => state.problem);
  const empty = useApp((state) => state.streamsLoaded && state.streams.length === 0);
  return (
    <main class="main">
      <section class="streams" aria-label="Streams">
        <StreamFilters />
        <TimeControls />
        {problem !== "" && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <div class="timeline-frame">
          <Timeline />
          {empty && (
            <div class="welcome">
              <p>No stream yet. Send one:</p>
              <code>./chronoscope produce video-samples/yard.mp4 --stream yard --realtime</code>
            </div>
          )}
        </div>
        <Legend />
      </section>
      <div class="side">
        <Player />
        <Panels />
      </div>
    </main>
  );
}

function SignIn() {
  const [problem, setProblem] = useState("");
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget as HTMLFormElement).get("token");
    try {
      await app.signIn(String(token));
    } catch (e) {
      setProblem(messageOf(e));
    }
  };
  return (
    <main class="sign-in">
      <form class="form" onSubmit={submit}>
        <h2>Sign in</h2>
        <label>
          Access token
          <input name="token" type="password" autocomplete="current-password" required />
        </label>
        {problem !== "" && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="button primary">
          Sign in
        </button>
      </form>
    </main>
  );
}

function Announcements() {
  const announcement = useApp((state) => state.announcement);
  return (
    <p class="visually-hidden" aria-live="polite">
      {announcement}
    </p>
  );
}

applyTheme();
render(<Page />, document.getElementById("page") as HTMLElement);
void app.start();
