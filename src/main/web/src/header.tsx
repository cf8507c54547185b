// The top of the page: search, connection, theme.

import { useRef, useState } from "preact/hooks";
import { app, useApp } from "./app";
import type { Connection } from "./live";

const CONNECTIONS: Record<Connection, { name: string; mark: string }> = {
  connected: { name: "Connected", mark: "●" },
  connecting: { name: "Connecting", mark: "○" },
  lost: { name: "Connection lost, retrying", mark: "▲" },
};

export function Header() {
  return (
    <header class="header">
      <h1 class="brand">
        <img src="icon.svg" alt="" width="22" height="22" />
        Chronoscope
      </h1>
      <SearchForm />
      <ConnectionState />
      <ThemeButton />
    </header>
  );
}

function SearchForm() {
  const input = useRef<HTMLInputElement>(null);
  const stream = useApp((state) => state.stream);
  const [onlyStream, setOnlyStream] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const question = input.current?.value.trim() ?? "";
    if (question !== "") {
      void app.search(question, onlyStream ? stream : null);
    }
  };
  return (
    <search class="search">
      <form onSubmit={submit} autocomplete="off">
        <label class="visually-hidden" for="search">
          Search events and summaries
        </label>
        <input
          id="search"
          ref={input}
          type="search"
          maxLength={500}
          placeholder="Search for a moment, such as: a red circle stops"
        />
        {stream !== null && (
          <label class="check">
            <input
              type="checkbox"
              checked={onlyStream}
              onChange={(event) => setOnlyStream(event.currentTarget.checked)}
            />
            <span>
              only <b class="hostile">{stream}</b>
            </span>
          </label>
        )}
        <button type="submit" class="button">
          Search
        </button>
        <PictureButton stream={onlyStream ? stream : null} />
      </form>
    </search>
  );
}

/** Searches for what a picture shows as soon as one is chosen. */
function PictureButton({ stream }: { stream: string | null }) {
  const choose = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const picture = input.files?.[0];
    // So that the same picture can be chosen again.
    input.value = "";
    if (picture !== undefined) {
      void app.searchPicture(picture, stream);
    }
  };
  return (
    <label class="button picture">
      By picture
      <input
        type="file"
        class="visually-hidden"
        accept="image/jpeg,image/png,image/webp,image/bmp"
        onChange={choose}
      />
    </label>
  );
}

function ConnectionState() {
  const connection = useApp((state) => state.connection);
  const { name, mark } = CONNECTIONS[connection];
  return (
    <p class={`connection connection-${connection}`} role="status">
      <span aria-hidden="true">{mark}</span> {name}
    </p>
  );
}

const THEMES = { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" } as const;
type Theme = keyof typeof THEMES;

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem("theme");
    return stored === "light" || stored === "dark" ? stored : "auto";
  } catch {
    return "auto";
  }
}

export function applyTheme(theme: Theme = storedTheme()): void {
  document.documentElement.dataset.theme = theme;
}

function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme);
  const next = () => {
    const chosen = theme === "auto" ? "dark" : theme === "dark" ? "light" : "auto";
    try {
      localStorage.setItem("theme", chosen);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    applyTheme(chosen);
    setTheme(chosen);
  };
  return (
    <button type="button" class="button quiet theme" onClick={next}>
      {THEMES[theme]}
    </button>
  );
}
