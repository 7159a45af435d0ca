import type { ComponentChildren } from "preact";
import { useLoaded } from "../../data/loaded.ts";
import { request } from "../../data/request.ts";
import { useActivity } from "../../data/use-activity.ts";
import { Link } from "../../navigation/link.tsx";
import { places } from "../../navigation/places.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Empty } from "../../parts/empty.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { Time } from "../../parts/time.tsx";
import { MessageActions } from "./message-actions.tsx";
import { PayloadCard } from "./payload-card.tsx";
import type { Shown } from "./shown.ts";
import { STATE_TEXT } from "./state-text.ts";
import { Timeline } from "./timeline.tsx";

/** One message: where it is, what happened to it, what it says. */
export function MessagePage({ queue, id }: { readonly queue: string; readonly id: string }) {
  const path = `/queues/${encodeURIComponent(queue)}/messages/${encodeURIComponent(id)}`;
  const { data, problem, reload } = useLoaded(path, (signal) =>
    request<Shown>("GET", path, { signal }),
  );
  useActivity(queue, reload);
  const above = [
    { text: "Queues", to: places.overview },
    { text: queue, to: data?.state === "dead" ? places.dead(queue) : places.queue(queue) },
  ];
  if (data === undefined) {
    return (
      <>
        <PageHead title={<span class="mono">{id}</span>} above={above} />
        {problem === undefined ? (
          <div class="card skeleton" aria-busy="true" />
        ) : problem.status === 404 ? (
          <Empty title="No such message here any more">
            {problem.message}. It may have been handled a day ago or longer, or purged.
          </Empty>
        ) : (
          <ProblemNote problem={problem} onRetry={reload} />
        )}
      </>
    );
  }
  return (
    <>
      <PageHead
        title={<span class="mono">{id}</span>}
        above={above}
        beside={
          <>
            <Copy text={id} what="the id" />
            <Badge tone={toneOf(data)}>{data.status ?? STATE_TEXT[data.state] ?? data.state}</Badge>
          </>
        }
        actions={<MessageActions message={data} onChanged={reload} />}
      />
      <div class="message">
        <div class="message-main">
          {data.payload === undefined ? (
            <section class="card" aria-label="Payload">
              <p class="faint">
                The payload of a message that is over is not kept; what its handler returned is.
              </p>
            </section>
          ) : (
            <PayloadCard message={data} />
          )}
          {data.result === undefined ? undefined : (
            <PayloadCard title="Result" message={{ ...data, payload: data.result, kind: "json" }} />
          )}
        </div>
        <div class="message-side">
          <section class="card" aria-label="What happened">
            <div class="card-head">
              <h2>Timeline</h2>
            </div>
            <Timeline message={data} />
          </section>
          <Facts message={data} queue={queue} />
          <Attributes message={data} />
        </div>
      </div>
    </>
  );
}

function toneOf({ state, status }: Shown): Tone {
  if (status === "SUCCEEDED") return "good";
  if (status === "FAILED" || status === "DEAD") return "dead";
  return state === "over" ? "plain" : state;
}

function Facts({ message, queue }: { readonly message: Shown; readonly queue: string }) {
  const { sentAt, group, priority = 0, concurrency, job, trace, source } = message;
  const { maxAttempts, attempts, kind } = message;
  return (
    <section class="card" aria-label="Facts">
      <table class="facts">
        <tbody>
          <Fact name="queue">
            <Link to={places.queue(queue)}>{queue}</Link>
          </Fact>
          <Fact name="sent">
            <Time at={sentAt} />
          </Fact>
          <Fact name="attempts">
            {numberOf(attempts)}
            {maxAttempts === undefined ? "" : ` of ${maxAttempts}`}
          </Fact>
          {kind === undefined ? undefined : <Fact name="kind">{kind}</Fact>}
          {group === undefined ? undefined : <Fact name="group">{group}</Fact>}
          {priority === 0 ? undefined : <Fact name="priority">{String(priority)}</Fact>}
          {concurrency === undefined ? undefined : (
            <Fact name="concurrency">
              {concurrency.key}, at most {String(concurrency.limit)}
            </Fact>
          )}
          {job === undefined ? undefined : <Fact name="job">{job}</Fact>}
          {source === undefined || source === queue ? undefined : (
            <Fact name="came from">{source}</Fact>
          )}
          {trace === undefined ? undefined : (
            <Fact name="trace">
              <span class="mono break">{traceId(trace.traceparent)}</span>
              <Copy text={traceId(trace.traceparent)} what="the trace id" />
            </Fact>
          )}
        </tbody>
      </table>
    </section>
  );
}

/** What the sender has written on it, beside the payload. */
function Attributes({ message: { attributes = {} } }: { readonly message: Shown }) {
  const named = Object.entries(attributes);
  if (named.length === 0) return undefined;
  return (
    <section class="card" aria-label="Attributes">
      <div class="card-head">
        <h2>Attributes</h2>
        <span class="hint">its headers</span>
      </div>
      <table class="facts">
        <tbody>
          {named.map(([name, value]) => (
            <Fact key={name} name={name} mono>
              <span class="mono break">{value}</span>
            </Fact>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface FactProps {
  readonly name: string;
  readonly mono?: boolean;
  readonly children: ComponentChildren;
}

function Fact({ name, mono = false, children }: FactProps) {
  return (
    <tr>
      <th scope="row" class={mono ? "mono" : undefined}>
        {name}
      </th>
      <td>{children}</td>
    </tr>
  );
}

/** A message says how many, a job which ones. */
function numberOf(attempts: unknown): string {
  return String(Array.isArray(attempts) ? attempts.length : (attempts ?? 0));
}

/** The second field of https://www.w3.org/TR/trace-context/#traceparent-header-field-values */
function traceId(traceparent: string): string {
  return traceparent.split("-")[1] ?? traceparent;
}
