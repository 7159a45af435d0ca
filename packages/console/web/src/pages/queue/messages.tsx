import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Message, MessageState } from "../../data/model.ts";
import { usePages } from "../../data/pages.ts";
import { byId, isLocal } from "../../data/queues.ts";
import { useActivity } from "../../data/use-activity.ts";
import { Link } from "../../navigation/link.tsx";
import { navigate, query, setQuery } from "../../navigation/location.ts";
import { places } from "../../navigation/places.ts";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { FilterInput } from "../../parts/filter-input.tsx";
import { PayloadLine } from "../../parts/payload-line.tsx";
import { CannotTell, ProblemNote } from "../../parts/problem-note.tsx";
import { Rows } from "../../parts/rows.tsx";
import { Time } from "../../parts/time.tsx";
import { STATE_TEXT } from "../message/state-text.ts";

interface MessagesViewProps {
  readonly queue: string;
  readonly state: Exclude<MessageState, "dead">;
}

const NOTHING = {
  ready: "Nothing waits",
  delayed: "Nothing is delayed",
  inFlight: "Nothing is being handled",
};

/** The messages of one state, in the order in which they would be handed out. */
export function MessagesView({ queue, state }: MessagesViewProps) {
  const where = query.value.get("where") ?? "";
  const filter = where === "" ? "" : `&where=${encodeURIComponent(where)}`;
  const { items, problem, more, reload } = usePages<Message>(
    `/queues/${encodeURIComponent(queue)}/messages?state=${state}${filter}`,
  );
  useActivity(queue, reload);
  const total = byId.value.get(queue)?.stats?.[state];
  const shownTotal = useSignal(total);
  useEffect(() => {
    if (shownTotal.peek() !== total) reload();
    shownTotal.value = total;
  }, [total, reload, shownTotal]);
  if (problem?.status === 501) return <CannotTell>{problem.message}</CannotTell>;
  return (
    <section class="card list-card" aria-label={`Messages that are ${state}`}>
      <div class="list-head">
        <FilterInput
          label="Filter by a field of the payload"
          placeholder='payload field, like  to:"a@b"  or  order.id:42'
          value={where}
          onChange={(value) => setQuery({ where: value })}
        />
      </div>
      {problem === undefined ? undefined : <ProblemNote problem={problem} onRetry={reload} />}
      {items === undefined ? (
        <div class="skeleton" aria-busy="true" />
      ) : items.length === 0 ? (
        <Nothing queue={queue} state={state} filtered={where !== ""} />
      ) : (
        <Rows
          items={items}
          label={`Messages that are ${state}`}
          keyOf={({ id }) => id}
          onEnd={more}
          onOpen={({ id }) => navigate(places.message(queue, id))}
          render={(message) => <MessageRow message={message} queue={queue} />}
        />
      )}
    </section>
  );
}

function MessageRow({ message, queue }: { readonly message: Message; readonly queue: string }) {
  const { id, attempts, group, priority, concurrency, sentAt, dueAt, leaseEndsAt } = message;
  return (
    <Link to={places.message(queue, id)} class="message-row">
      <span class="mono id">{id}</span>
      <PayloadLine message={message} />
      <span class="marks">
        {group === undefined ? undefined : <Badge title="group">{group}</Badge>}
        {concurrency === undefined ? undefined : (
          <Badge title="concurrency key">{concurrency.key}</Badge>
        )}
        {priority === undefined || priority === 0 ? undefined : <Badge>priority {priority}</Badge>}
        {attempts === 0 ? undefined : <Badge tone="warn">attempt {attempts}</Badge>}
      </span>
      <span class="when">
        {dueAt === undefined && leaseEndsAt === undefined ? (
          <Time at={sentAt} />
        ) : (
          <>
            {dueAt === undefined ? "lease ends " : "ready "}
            <Time at={dueAt ?? leaseEndsAt} />
          </>
        )}
      </span>
    </Link>
  );
}

interface NothingProps extends MessagesViewProps {
  readonly filtered: boolean;
}

function Nothing({ queue, state, filtered }: NothingProps) {
  if (filtered) return <Empty title="No message has that field with that value" />;
  if (state !== "ready" && isLocal.value === false) {
    return (
      <Empty title="None is told">
        What is {STATE_TEXT[state]} may be among the messages that are ready, or not be shown: not
        every platform tells them apart.
      </Empty>
    );
  }
  const name = JSON.stringify(queue);
  const options = state === "delayed" ? ', { delay: "10m" }' : "";
  return (
    <Empty
      title={NOTHING[state]}
      snippet={`import { queue } from "@alienplatform/sdk";

await (await queue(${name})).send(${name}, { hello: "world" }${options});`}
    >
      Send one from the console with the button above, from a terminal with{" "}
      <code>{`alien queue send ${queue} '{"hello":"world"}'`}</code>, or from code:
    </Empty>
  );
}
