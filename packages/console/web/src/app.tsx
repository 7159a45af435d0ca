import { useMemo } from "preact/hooks";
import { connection } from "./data/events.ts";
import { live } from "./data/settings.ts";
import { useKeys } from "./navigation/keys.ts";
import { KeysHelp } from "./navigation/keys-help.tsx";
import { navigate } from "./navigation/location.ts";
import { Palette, palette } from "./navigation/palette.tsx";
import { places } from "./navigation/places.ts";
import { Routed } from "./navigation/routed.tsx";
import { Sidebar } from "./navigation/sidebar.tsx";
import { TopBar } from "./navigation/top-bar.tsx";
import { Lost } from "./parts/lost.tsx";
import { Toasts } from "./parts/toasts.tsx";

export function App() {
  const keys = useMemo(
    () => [
      { key: "/", does: "search", run: () => (palette.value = true) },
      {
        key: "p",
        does: "hold still, or follow what happens",
        run: () => (live.value = !live.value),
      },
      { key: "g o", does: "go to the overview", run: () => navigate(places.overview) },
      { key: "g d", does: "go to dead letters", run: () => navigate(places.deadLetters) },
      { key: "g j", does: "go to jobs", run: () => navigate(places.jobs) },
      { key: "g b", does: "go to bindings", run: () => navigate(places.bindings) },
      { key: "g s", does: "go to search", run: () => navigate(places.search()) },
      { key: "g c", does: "go to the clock", run: () => navigate(places.clock) },
      { key: "g ,", does: "go to settings", run: () => navigate(places.settings) },
    ],
    [],
  );
  useKeys(keys);
  return (
    <div class="app">
      <a class="skip" href="#content">
        Skip to content
      </a>
      <Sidebar />
      <TopBar />
      <main id="content" tabIndex={-1}>
        {connection.value === "lost" ? <Lost /> : undefined}
        <Routed />
      </main>
      <Palette />
      <KeysHelp />
      <Toasts />
    </div>
  );
}
