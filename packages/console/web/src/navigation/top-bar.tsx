import { connection } from "../data/events.ts";
import { aheadMs } from "../data/now.ts";
import { isReadOnly, live, theme } from "../data/settings.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { span } from "../parts/format.ts";
import { Icon } from "../parts/icon.tsx";
import { keysShown } from "./keys-help.tsx";
import { Link } from "./link.tsx";
import { palette } from "./palette.tsx";
import { places } from "./places.ts";

export function TopBar() {
  return (
    <header class="top-bar">
      <button type="button" class="search-button" onClick={() => (palette.value = true)}>
        <Icon name="search" />
        <span>Search messages, or jump to an id</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div class="top-actions">
        {aheadMs.value > 0 ? (
          <Link to={places.clock} class="ahead">
            <Icon name="clock" />
            {span(aheadMs.value)} ahead
          </Link>
        ) : undefined}
        {isReadOnly.value ? <Badge tone="warn">read-only</Badge> : undefined}
        <Live />
        <Button
          kind="quiet"
          icon={isDark() ? "sun" : "moon"}
          label={isDark() ? "Light theme" : "Dark theme"}
          onClick={() => (theme.value = isDark() ? "light" : "dark")}
        />
        <span class="keys-button">
          <Button kind="quiet" label="Keys" onClick={() => (keysShown.value = true)}>
            ?
          </Button>
        </span>
      </div>
    </header>
  );
}

function Live() {
  const follows = live.value;
  const state = connection.value === "live" ? (follows ? "live" : "held") : connection.value;
  const texts = { live: "Live", held: "Held", connecting: "Connecting", lost: "Not connected" };
  return (
    <button
      type="button"
      class={`live ${state}`}
      aria-pressed={follows}
      title={follows ? "Hold what is shown still (p)" : "Follow what happens (p)"}
      onClick={() => (live.value = !follows)}
    >
      <span class="live-dot" />
      {texts[state]}
    </button>
  );
}

function isDark(): boolean {
  if (theme.value !== "system") return theme.value === "dark";
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}
