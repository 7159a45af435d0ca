import type { Stats } from "../data/model.ts";
import { advanceable } from "../data/now.ts";
import { health, operations, queues } from "../data/queues.ts";
import { TROUBLES, type Trouble, troublesOf } from "../data/trouble.ts";
import { count } from "../parts/format.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { useCurrentInView } from "./in-view.ts";
import { Link } from "./link.tsx";
import { path } from "./location.ts";
import { places } from "./places.ts";

export function Sidebar() {
  const all = [...(queues.value ?? [])].sort((a, b) => a.id.localeCompare(b.id));
  const dead = all.reduce((sum, { stats }) => sum + (stats?.dead ?? 0), 0);
  const running = operations.value.filter(({ status }) => status === "RUNNING").length;
  const { name, platform, stage } = health.value ?? {};
  const nav = useCurrentInView(`${path.value} ${all.length} ${advanceable.value}`);
  return (
    <nav ref={nav} class="sidebar" aria-label="Pages">
      <Link to={places.overview} class="brand">
        <img src="/console/icon.svg" alt="" width="26" height="26" />
        <span>
          <strong>{name ?? "alien queues"}</strong>
          <small>{stage === undefined ? (platform ?? "queues") : `${platform} · ${stage}`}</small>
        </span>
      </Link>
      <Page to={places.overview} icon="overview" text="Overview" />
      <Page to={places.deadLetters} icon="dead" text="Dead letters" number={dead} tone="dead" />
      <Page to={places.jobs} icon="jobs" text="Jobs" />
      <Page to={places.bindings} icon="bindings" text="Bindings" />
      <Page to={places.operations} icon="operations" text="Operations" number={running} />
      {advanceable.value === true ? (
        <Page to={places.clock} icon="clock" text="Clock" />
      ) : undefined}
      <Page to={places.settings} icon="settings" text="Settings" />
      <h2>Queues</h2>
      <div class="sidebar-queues">
        {all.map((queue) => (
          <Link
            key={queue.id}
            to={places.queue(queue.id)}
            class="nav-link"
            current={isBelow(places.queue(queue.id))}
          >
            <span class={`dot ${dotOf(troublesOf(queue))}`} />
            <span class="nav-text">{queue.id}</span>
            <span class="nav-count">{waiting(queue.stats)}</span>
          </Link>
        ))}
      </div>
    </nav>
  );
}

interface PageProps {
  readonly to: string;
  readonly icon: IconName;
  readonly text: string;
  readonly number?: number;
  readonly tone?: string;
}

function Page({ to, icon, text, number = 0, tone = "" }: PageProps) {
  return (
    <Link to={to} class="nav-link" current={path.value === to}>
      <Icon name={icon} />
      <span class="nav-text">{text}</span>
      {number === 0 ? undefined : <span class={`nav-count ${tone}`}>{count(number)}</span>}
    </Link>
  );
}

function isBelow(place: string): boolean {
  return path.value === place || path.value.startsWith(`${place}/`);
}

function dotOf(troubles: readonly Trouble[]): string {
  if (troubles.length === 0) return "good";
  return troubles.some((each) => TROUBLES[each].tone === "dead") ? "bad" : "warn";
}

function waiting(stats: Stats | undefined): string {
  if (stats === undefined) return "";
  const sum = stats.ready + (stats.inFlight ?? 0);
  return sum === 0 ? "" : count(sum);
}
