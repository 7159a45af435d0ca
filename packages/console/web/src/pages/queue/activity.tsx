import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { listen } from "../../data/events.ts";
import { onNextFrame } from "../../data/frames.ts";
import { useLoaded } from "../../data/loaded.ts";
import type { Activity, List, Sample } from "../../data/model.ts";
import { isLocal } from "../../data/queues.ts";
import { request } from "../../data/request.ts";
import { live } from "../../data/settings.ts";
import { activitiesOf } from "../../data/use-activity.ts";
import { Link } from "../../navigation/link.tsx";
import { navigate } from "../../navigation/location.ts";
import { places } from "../../navigation/places.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { count, span } from "../../parts/format.ts";
import { CannotTell } from "../../parts/problem-note.tsx";
import { Rows } from "../../parts/rows.tsx";
import { Charts } from "./charts.tsx";
import { variableOf } from "./variable.ts";

const MOST = 1_000;

/** Something that happened, or, without it, that what did before was not told. */
interface Told {
  readonly number: number;
  readonly activity?: Activity;
}

/** What happens to a queue's messages, as it happens, under the charts of the last ten minutes. */
export function ActivityView({ queue }: { readonly queue: string }) {
  // A cloud's service tells counts alone; until it is known, nothing is drawn that would go again.
  if (isLocal.value === undefined) return undefined;
  if (!isLocal.value) {
    return (
      <CannotTell>
        The platform does not tell what happens to each message, nor how many are handled a second.
        What waits, and what is dead, is counted above.
      </CannotTell>
    );
  }
  return <LiveView queue={queue} />;
}

function LiveView({ queue }: { readonly queue: string }) {
  const samples = useLoaded(
    `samples ${queue}`,
    (signal) =>
      request<List<Sample>>("GET", `/queues/${encodeURIComponent(queue)}/samples`, { signal }),
    { everyMs: 2_000 },
  );
  return (
    <>
      <Charts queue={queue} samples={samples} />
      <Tail
        queue={queue}
        hadTraffic={samples.problem === undefined ? samples.data?.items.some(isBusy) : false}
      />
    </>
  );
}

function isBusy({ rates }: Sample): boolean {
  return rates !== undefined && rates.sent + rates.acked + rates.failed > 0;
}

interface TailProps {
  readonly queue: string;
  /** Whether the charts show any; undefined until that is known. */
  readonly hadTraffic: boolean | undefined;
}

function Tail({ queue, hadTraffic }: TailProps) {
  const shown = useSignal<readonly Told[]>([]);
  const held = useSignal(0);
  useEffect(() => {
    let pending: Told[] = [];
    let number = 0;
    const show = () => {
      shown.value = [...pending.reverse(), ...shown.peek()].slice(0, MOST);
      pending = [];
      held.value = 0;
    };
    const draw = () => {
      // Of a tail that is held for long the latest are enough.
      pending = pending.slice(-MOST);
      if (live.peek()) onNextFrame(`tail ${queue}`, show);
      else onNextFrame(`tail ${queue}`, () => (held.value = pending.length));
    };
    const stop = listen("activity", (data) => {
      for (const each of activitiesOf(data)) {
        if (each.queue === queue) pending.push({ number: ++number, activity: each });
      }
      draw();
    });
    const stopMissed = listen("missed", () => {
      if (pending.length === 0 && shown.peek().length === 0) return;
      pending.push({ number: ++number });
      draw();
    });
    const stopLive = live.subscribe((follows) => {
      if (follows && pending.length > 0) onNextFrame(`tail ${queue}`, show);
    });
    return () => {
      stop();
      stopMissed();
      stopLive();
    };
  }, [queue, shown, held]);
  const name = JSON.stringify(queue);
  return (
    <section class="card list-card" aria-label="What happens">
      <div class="list-head">
        <h2>Live</h2>
        <span class="hint">
          {live.value
            ? "what happens to messages, the latest first"
            : `held still${held.value === 0 ? "" : `, ${count(held.value)} more since`}`}
        </span>
        <span class="push" />
        {shown.value.length === 0 ? undefined : (
          <Button kind="quiet" onClick={() => (shown.value = [])}>
            Clear
          </Button>
        )}
        <Button icon={live.value ? "pause" : "play"} onClick={() => (live.value = !live.value)}>
          {live.value ? "Hold" : "Follow"}
        </Button>
      </div>
      {shown.value.length > 0 ? (
        <Rows
          items={shown.value}
          label="What happens, the latest first"
          rowHeight={36}
          narrowHeight={52}
          keyOf={({ number }) => String(number)}
          onOpen={({ activity }) => {
            if (activity !== undefined) navigate(places.message(queue, activity.id));
          }}
          render={({ activity }) =>
            activity === undefined ? (
              <p class="tail-gap">
                The page was not connected for a while, which is not told: open a message to see
                what became of it.
              </p>
            ) : (
              <TailRow activity={activity} queue={queue} />
            )
          }
        />
      ) : hadTraffic === undefined ? undefined : hadTraffic ? (
        <Empty title="Nothing new so far">
          What happened before this page was opened is in the charts alone; from now on each message
          is told here.
        </Empty>
      ) : (
        <Empty
          title="Quiet so far"
          snippet={`import { queue } from "@alienplatform/sdk";

const ${variableOf(queue)} = await queue(${name});
await ${variableOf(queue)}.send(${name}, { hello: "world" });`}
        >
          What is sent, taken, acknowledged, retried and dead-lettered from now on is told here.
          Send a message:
        </Empty>
      )}
    </section>
  );
}

const TONES: Readonly<Record<string, string>> = {
  sent: "ready",
  taken: "inFlight",
  acked: "good",
  retried: "warn",
  expired: "warn",
  dead: "dead",
  redriven: "delayed",
  discarded: "plain",
  cancelled: "plain",
};

function TailRow({ activity, queue }: { readonly activity: Activity; readonly queue: string }) {
  const { type, id, at, attempt, waitedMs, error } = activity;
  return (
    <Link to={places.message(queue, id)} class="tail-row">
      <span class="mono when">{clockOf(at)}</span>
      <span class={`event tone-${TONES[type] ?? "plain"}`}>{type}</span>
      <span class="mono id">{id}</span>
      <span class="tail-text">
        {attempt === undefined || attempt === 1 ? undefined : `attempt ${attempt}`}
        {waitedMs === undefined ? undefined : <span class="faint"> waited {span(waitedMs)}</span>}
        {error === undefined ? undefined : (
          <span class="tail-error">
            {" "}
            {error.code}: {error.message}
          </span>
        )}
      </span>
    </Link>
  );
}

function clockOf(at: string): string {
  const date = new Date(at);
  return `${date.toLocaleTimeString("en-GB")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
