import type { QueueSummary } from "../../data/model.ts";
import { byId, queues } from "../../data/queues.ts";
import { useCurrentInView } from "../../navigation/in-view.ts";
import { Link } from "../../navigation/link.tsx";
import { query } from "../../navigation/location.ts";
import { places } from "../../navigation/places.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { count } from "../../parts/format.ts";
import { NotTold } from "../../parts/not-told.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { PausedBadge } from "../../parts/paused-badge.tsx";
import { ActivityView } from "./activity.tsx";
import { DetailsView } from "./details.tsx";
import { MessagesView } from "./messages.tsx";
import { QueueActions } from "./queue-actions.tsx";

const STATES = { ready: "Ready", delayed: "Delayed", inFlight: "In flight" } as const;

/** One queue: what happens, what waits, what it is. */
export function QueuePage({ queue }: { readonly queue: string }) {
  const summary = byId.value.get(queue);
  if (summary === undefined && queues.value !== undefined) {
    return (
      <Empty title={`There is no queue ${queue}`}>
        <Link to={places.overview}>All queues</Link>
      </Empty>
    );
  }
  const view = query.value.get("view") ?? "activity";
  return (
    <>
      <QueueHead queue={queue} summary={summary} />
      <QueueTabs queue={queue} view={view} />
      {view === "activity" ? <ActivityView queue={queue} /> : undefined}
      {view === "details" ? <DetailsView queue={queue} /> : undefined}
      {isState(view) ? <MessagesView key={view} queue={queue} state={view} /> : undefined}
    </>
  );
}

interface QueueHeadProps {
  readonly queue: string;
  readonly summary: QueueSummary | undefined;
}

/** A queue's name, what there is to know of it at once, and what can be done with it. */
export function QueueHead({ queue, summary }: QueueHeadProps) {
  return (
    <PageHead
      title={queue}
      above={[{ text: "Queues", to: places.overview }]}
      beside={
        <>
          {summary?.fifo === true ? <Badge>FIFO</Badge> : undefined}
          {summary?.paused === undefined ? undefined : <PausedBadge paused={summary.paused} />}
          {summary === undefined ? undefined : (
            <span class="consumer">
              {summary.consumer === undefined ? (
                <Link to={places.bindings}>no function consumes it</Link>
              ) : (
                <>
                  consumed by <strong>{summary.consumer}</strong>
                </>
              )}
            </span>
          )}
        </>
      }
      actions={<QueueActions queue={queue} paused={summary?.paused !== undefined} />}
    />
  );
}

/** Where one can look at a queue, with how many messages are there. */
export function QueueTabs({ queue, view }: { readonly queue: string; readonly view: string }) {
  const { stats } = byId.value.get(queue) ?? {};
  const tabs = useCurrentInView(`${view} ${stats !== undefined}`);
  return (
    <nav ref={tabs} class="tabs" aria-label={`Views of ${queue}`}>
      <Tab to={places.queue(queue)} text="Activity" current={view === "activity"} />
      <Tab
        to={places.queue(queue, "ready")}
        text={STATES.ready}
        number={stats?.ready}
        current={view === "ready"}
      />
      <Tab
        to={places.queue(queue, "delayed")}
        text={STATES.delayed}
        number={stats && (stats.delayed ?? "not told")}
        current={view === "delayed"}
      />
      <Tab
        to={places.queue(queue, "inFlight")}
        text={STATES.inFlight}
        number={stats && (stats.inFlight ?? "not told")}
        current={view === "inFlight"}
      />
      <Tab
        to={places.dead(queue)}
        text="Dead"
        number={stats?.dead}
        current={view === "dead"}
        tone={(stats?.dead ?? 0) > 0 ? "dead" : ""}
      />
      <Tab to={places.queue(queue, "details")} text="Details" current={view === "details"} />
    </nav>
  );
}

interface TabProps {
  readonly to: string;
  readonly text: string;
  readonly number?: number | "not told" | undefined;
  readonly current: boolean;
  readonly tone?: string;
}

function Tab({ to, text, number, current, tone = "" }: TabProps) {
  return (
    <Link to={to} class="tab" current={current}>
      {text}
      {number === undefined ? undefined : (
        <span class={`tab-count ${tone}`}>
          {number === "not told" ? <NotTold asReady /> : count(number)}
        </span>
      )}
    </Link>
  );
}

function isState(view: string): view is keyof typeof STATES {
  return Object.hasOwn(STATES, view);
}
