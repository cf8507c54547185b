// The lists beside the timeline, one at a time.

import { useEffect, useRef } from "preact/hooks";
import { app, type Tab, useApp } from "./app";
import { Ask } from "./ask";
import { Alerts, Moments, Refused, SearchResults, Summaries } from "./lists";
import { Rules } from "./rules";

const TABS: { tab: Tab; name: string; content: () => preact.JSX.Element }[] = [
  { tab: "moments", name: "Events", content: Moments },
  { tab: "alerts", name: "Alerts", content: Alerts },
  { tab: "summaries", name: "Summaries", content: Summaries },
  { tab: "search", name: "Search", content: SearchResults },
  { tab: "rules", name: "Rules", content: Rules },
  { tab: "ask", name: "Ask", content: Ask },
  { tab: "refused", name: "Rejected", content: Refused },
];

export function Panels() {
  const chosen = useApp((state) => state.tab);
  const list = useRef<HTMLDivElement>(null);
  const index = TABS.findIndex(({ tab }) => tab === chosen);
  useEffect(() => {
    list.current
      ?.querySelector('[aria-selected="true"]')
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [chosen]);

  const onKey = (event: KeyboardEvent) => {
    const to =
      { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: TABS.length - 1 }[event.key] ??
      null;
    const next = to === null ? undefined : TABS[(to + TABS.length) % TABS.length];
    if (next !== undefined) {
      event.preventDefault();
      app.set({ tab: next.tab });
      list.current?.querySelector<HTMLElement>(`#tab-${next.tab}`)?.focus();
    }
  };

  const Content = (TABS[index] ?? TABS[0])?.content as () => preact.JSX.Element;
  return (
    <section class="panels" aria-label="Lists">
      <div class="tabs" role="tablist" aria-label="Lists" ref={list} onKeyDown={onKey}>
        {TABS.map(({ tab, name }) => (
          <button
            key={tab}
            id={`tab-${tab}`}
            type="button"
            role="tab"
            aria-selected={tab === chosen}
            aria-controls="panel"
            tabIndex={tab === chosen ? 0 : -1}
            onClick={() => app.set({ tab })}
          >
            {name}
          </button>
        ))}
      </div>
      <div
        class="panel"
        id="panel"
        role="tabpanel"
        aria-labelledby={`tab-${chosen}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        tabIndex={0}
      >
        <Content />
      </div>
    </section>
  );
}
