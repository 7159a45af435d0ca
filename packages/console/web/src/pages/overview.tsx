import type { QueueSummary } from "../data/model.ts";
import { isLocal, loadQueues, queues, queuesProblem, recent } from "../data/queues.ts";
import { byTrouble, TROUBLES, troublesOf } from "../data/trouble.ts";
import { Link } from "../navigation/link.tsx";
import { navigate, query, setQuery } from "../navigation/location.ts";
import { places } from "../navigation/places.ts";
import { Badge } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { FilterInput } from "../parts/filter-input.tsx";
import { count, rate, span } from "../parts/format.ts";
import { NotTold } from "../parts/not-told.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { PausedBadge } from "../parts/paused-badge.tsx";
import { CannotTell, ProblemNote } from "../parts/problem-note.tsx";
import { useRowKeys } from "../parts/row-keys.ts";
import { Sparkline } from "../parts/sparkline.tsx";

const DECLARE = `import * as alien from "@alienplatform/core";

const emails = new alien.Queue("emails").build();
const worker = new alien.Function("worker").trigger(emails).build();

export default new alien.Stack("shop").add(emails).add(worker).build();`;

/** As many are seen at once; of more one wants to look for one. */
const SEEN_AT_ONCE = 8;

const COUNTS_OF_A_CLOUD =
  "The platform's own counts: approximate, and up to minutes late. What it does not tell apart, –, is counted as ready.";

/** All queues, those with problems first. */
export function OverviewPage() {
  const all = queues.value ?? [];
  const name = query.value.get("name") ?? "";
  const shown = all
    .filter(({ id }) => id.toLowerCase().includes(name.toLowerCase()))
    .sort(byTrouble);
  const at = useRowKeys(shown.length, (index) => {
    const queue = shown[index];
    if (queue !== undefined) navigate(places.queue(queue.id));
  });
  if (queues.value === undefined) {
    const problem = queuesProblem.value;
    return problem === undefined ? (
      <Loading />
    ) : (
      <ProblemNote problem={problem} onRetry={() => void loadQueues()} />
    );
  }
  if (all.length === 0) {
    return (
      <Empty title="No queues yet" snippet={DECLARE}>
        Declare one in alien.ts, and it is here as soon as the file is saved.
      </Empty>
    );
  }
  return (
    <>
      <PageHead title="Overview" />
      <Totals all={all} />
      {isLocal.value === false ? <CannotTell>{COUNTS_OF_A_CLOUD}</CannotTell> : undefined}
      <div class="card table-card">
        {all.length > SEEN_AT_ONCE || name !== "" ? (
          <div class="list-head">
            <FilterInput
              label="Filter by the queue's name"
              placeholder="part of a queue's name"
              value={name}
              onChange={(value) => setQuery({ name: value }, { replace: name !== "" })}
            />
            <span class="hint">
              {count(shown.length)} of {count(all.length)} queues
            </span>
          </div>
        ) : undefined}
        <table class="queues">
          <thead>
            <tr>
              <th scope="col">Queue</th>
              <th scope="col" class="rates">
                Last minute, in and out
              </th>
              <th scope="col" class="right">
                Ready
              </th>
              <th scope="col" class="right">
                Delayed
              </th>
              <th scope="col" class="right wide">
                In flight
              </th>
              <th scope="col" class="right">
                Dead
              </th>
              <th scope="col" class="right">
                Oldest
              </th>
              <th scope="col" class="consumer-head">
                Consumer
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((queue, index) => (
              <QueueRow key={queue.id} queue={queue} at={at === index} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Loading() {
  return (
    <>
      <PageHead title="Overview" />
      <div class="card skeleton" aria-busy="true" />
    </>
  );
}

function Totals({ all }: { readonly all: readonly QueueSummary[] }) {
  const sum = (of: (queue: QueueSummary) => number | undefined, shown = count) => {
    const told = all.flatMap((queue) => of(queue) ?? []);
    return told.length === 0 ? undefined : shown(told.reduce((total, each) => total + each, 0));
  };
  const oldest = Math.max(0, ...all.map(({ stats }) => stats?.oldestAgeMs ?? 0));
  const isDead = all.some(({ stats }) => (stats?.dead ?? 0) > 0);
  return (
    <div class="tiles">
      <Tile name="Ready" value={sum(({ stats }) => stats?.ready)} tone="ready" />
      <Tile name="Delayed" value={sum(({ stats }) => stats?.delayed)} tone="delayed" />
      <Tile name="In flight" value={sum(({ stats }) => stats?.inFlight)} tone="inFlight" />
      <Tile name="Dead" value={sum(({ stats }) => stats?.dead)} tone="dead" lit={isDead} />
      <Tile
        name="Handled a second"
        value={sum(({ stats }) => stats?.rates?.acked, rate)}
        tone="good"
      />
      <Tile name="Oldest waits" value={oldest === 0 ? "–" : span(oldest)} tone="plain" />
    </div>
  );
}

interface TileProps {
  readonly name: string;
  /** Undefined where no platform tells it. */
  readonly value: string | undefined;
  readonly tone: string;
  readonly lit?: boolean;
}

function Tile({ name, value, tone, lit = false }: TileProps) {
  return (
    <div class={`tile tone-${tone} ${lit ? "lit" : ""}`}>
      <span class="tile-name">{name}</span>
      <span class="tile-value">{value ?? <NotTold />}</span>
    </div>
  );
}

function QueueRow({ queue, at }: { readonly queue: QueueSummary; readonly at: boolean }) {
  const { id, stats, paused, consumer, fifo } = queue;
  const points = recent.value.get(id) ?? [];
  // The dead have a column, a pause its badge.
  const troubles = troublesOf(queue).filter((each) => each !== "paused" && each !== "dead letters");
  const { rates } = stats ?? {};
  return (
    <tr class={at ? "at" : ""} aria-current={at ? "true" : undefined}>
      <th scope="row">
        <div class="queue-cell">
          <Link to={places.queue(id)} class="queue-name">
            {id}
          </Link>
          {fifo ? (
            <Badge title="One message of a group at a time, in order">FIFO</Badge>
          ) : undefined}
          {paused === undefined ? undefined : <PausedBadge paused={paused} />}
          {troubles.map((each) => (
            <span key={each} class={`trouble tone-${TROUBLES[each].tone}`}>
              {TROUBLES[each].text}
            </span>
          ))}
        </div>
      </th>
      <td class="rates">
        {rates === undefined ? (
          <span class="faint" title="The platform does not count messages a second">
            not counted
          </span>
        ) : (
          <>
            <Sparkline
              label={`${rate(rates.sent)} sent and ${rate(rates.acked)} handled a second`}
              lines={[
                { tone: "ready", points: points.map(({ sent }) => sent) },
                { tone: "good", points: points.map(({ acked }) => acked) },
              ]}
            />
            <span class="rate-numbers">
              <span class="rate-in">{rate(rates.sent)}/s in</span>
              <span class="rate-out">{rate(rates.acked)}/s out</span>
            </span>
          </>
        )}
      </td>
      <Amount value={stats?.ready} />
      <Amount value={stats?.delayed} asReady={stats !== undefined} />
      <Amount value={stats?.inFlight} asReady={stats !== undefined} wide />
      <td class="right">
        {(stats?.dead ?? 0) > 0 ? (
          <Link
            to={places.dead(id)}
            class="dead-count"
            label={`${stats?.dead} dead letters of ${id}`}
          >
            {count(stats?.dead ?? 0)}
          </Link>
        ) : stats === undefined ? (
          <NotTold />
        ) : (
          <Zero />
        )}
      </td>
      <td class="right number">
        {stats?.oldestAgeMs === undefined ? <span class="faint">–</span> : span(stats.oldestAgeMs)}
      </td>
      <td class="consumer-cell" title={consumer}>
        {consumer ?? <span class="faint">none</span>}
      </td>
    </tr>
  );
}

interface AmountProps {
  readonly value: number | undefined;
  /** Counted with what is ready, where it is not told by itself. */
  readonly asReady?: boolean;
  /** Where there is room alone. */
  readonly wide?: boolean;
}

function Amount({ value, asReady = false, wide = false }: AmountProps) {
  return (
    <td class={wide ? "right number wide" : "right number"}>
      {value === undefined ? <NotTold asReady={asReady} /> : value === 0 ? <Zero /> : count(value)}
    </td>
  );
}

function Zero() {
  return <span class="faint number">0</span>;
}
