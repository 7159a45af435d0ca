import type { ComponentChildren } from "preact";
import { useLoaded } from "../../data/loaded.ts";
import type { Consumer, Group, Key, List, QueueDetail } from "../../data/model.ts";
import { request } from "../../data/request.ts";
import { Link } from "../../navigation/link.tsx";
import { places } from "../../navigation/places.ts";
import { Badge } from "../../parts/badge.tsx";
import { count } from "../../parts/format.ts";
import { JsonTree } from "../../parts/json-tree.tsx";
import { CannotTell, ProblemNote } from "../../parts/problem-note.tsx";

/** What a queue is declared as, who takes from it, and what is held up. */
export function DetailsView({ queue }: { readonly queue: string }) {
  const path = `/queues/${encodeURIComponent(queue)}`;
  const { data, problem, reload } = useLoaded(path, (signal) =>
    request<QueueDetail>("GET", path, { signal }),
  );
  if (problem !== undefined && data === undefined) {
    return <ProblemNote problem={problem} onRetry={reload} />;
  }
  return (
    <div class="columns">
      <Card title="Configuration" note="as alien.ts declares it">
        <Facts of={data?.declaration ?? {}} />
      </Card>
      <Part<Consumer>
        path={`${path}/consumers`}
        title="Consumers"
        none="Nobody takes messages now."
        render={({ session, pid, inFlight, waiting }) => (
          <tr key={session}>
            <th scope="row">{pid === undefined ? session : `process ${pid}`}</th>
            <td>
              {waiting ? <Badge tone="good">waits</Badge> : <Badge tone="inFlight">busy</Badge>}
            </td>
            <td class="right number">{count(inFlight)} in flight</td>
          </tr>
        )}
      />
      <Part<Group>
        path={`${path}/groups?limit=50`}
        title="Groups"
        none="No group has messages."
        render={({ group, waiting, heldBy }) => (
          <tr key={group}>
            <th scope="row" class="mono">
              {group}
            </th>
            <td>
              {heldBy === undefined ? (
                <Badge tone="good">free</Badge>
              ) : (
                <Link to={places.message(queue, heldBy.id)}>
                  {heldBy.state === "inFlight" ? "one is handled" : "blocked by a retry"}
                </Link>
              )}
            </td>
            <td class="right number">{count(waiting)} wait</td>
          </tr>
        )}
      />
      <Part<Key>
        path={`${path}/keys?limit=50`}
        title="Concurrency keys"
        none="No message in the queue has a key."
        render={({ key, limit, inFlight, waiting }) => (
          <tr key={key}>
            <th scope="row" class="mono">
              {key}
            </th>
            <td>
              <meter min={0} max={limit} value={inFlight} aria-label={`${inFlight} of ${limit}`} />{" "}
              <span class="number">
                {count(inFlight)} of {count(limit)}
              </span>
            </td>
            <td class="right number">{count(waiting)} wait</td>
          </tr>
        )}
      />
      {data?.schema === undefined ? undefined : (
        <Card title="Schema" note="what may be sent">
          <div class="json">
            <JsonTree value={data.schema} />
          </div>
        </Card>
      )}
      <Card title="What the platform can" note="see docs/capabilities.md">
        <Facts of={data?.capabilities ?? {}} />
      </Card>
    </div>
  );
}

interface CardProps {
  readonly title: string;
  readonly note?: string;
  readonly children: ComponentChildren;
}

function Card({ title, note, children }: CardProps) {
  return (
    <section class="card">
      <div class="card-head">
        <h2>{title}</h2>
        {note === undefined ? undefined : <span class="hint">{note}</span>}
      </div>
      {children}
    </section>
  );
}

interface PartProps<T> {
  readonly path: string;
  readonly title: string;
  readonly none: string;
  readonly render: (item: T) => ComponentChildren;
}

/** A list that a platform may not be able to tell. */
function Part<T>({ path, title, none, render }: PartProps<T>) {
  const { data, problem } = useLoaded(path, (signal) => request<List<T>>("GET", path, { signal }), {
    everyMs: 2_000,
  });
  return (
    <Card title={title}>
      {data === undefined && problem !== undefined ? (
        <CannotTell>{problem.message}</CannotTell>
      ) : data?.items.length === 0 ? (
        <p class="faint">{none}</p>
      ) : (
        <table class="facts">
          <tbody>{data?.items.map(render)}</tbody>
        </table>
      )}
    </Card>
  );
}

/** Names and values, one a line. */
function Facts({ of }: { readonly of: Readonly<Record<string, unknown>> }) {
  return (
    <table class="facts">
      <tbody>
        {Object.entries(of).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{wordsOf(name)}</th>
            <td>{shownValue(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** "maxAttempts" as "max attempts". */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function shownValue(value: unknown): ComponentChildren {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value))
    return value.map(shownValue).flatMap((each, i) => (i === 0 ? [each] : [", ", each]));
  if (typeof value === "object" && value !== null) {
    if (Object.keys(value).length === 0) return "yes";
    return Object.entries(value).map(([name, each]) => (
      <span key={name} class="sub-fact">
        <span class="faint">{wordsOf(name)}</span> {shownValue(each)}
      </span>
    ));
  }
  return String(value);
}
