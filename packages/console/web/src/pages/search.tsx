import type { Message } from "../data/model.ts";
import { usePages } from "../data/pages.ts";
import { isLocal } from "../data/queues.ts";
import { Link } from "../navigation/link.tsx";
import { navigate, query, setQuery } from "../navigation/location.ts";
import { places } from "../navigation/places.ts";
import { Badge } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { FilterInput } from "../parts/filter-input.tsx";
import { counted } from "../parts/format.ts";
import { PageHead } from "../parts/page-head.tsx";
import { PayloadLine } from "../parts/payload-line.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { Rows } from "../parts/rows.tsx";
import { Time } from "../parts/time.tsx";
import { STATE_TEXT } from "./message/state-text.ts";

const EXAMPLES = [
  ["state:dead", "dead letters of all queues"],
  ["queue:emails state:dead error:timeout", "those of one queue, by part of the error"],
  ['payload.to:"a@b.example"', "by a field of the payload"],
  ["state:ready age>1h", "what has waited for over an hour"],
] as const;

/** Messages by id or by what is known of them. */
export function SearchPage() {
  const text = query.value.get("q") ?? "";
  const { items, problem, complete, more, reload } = usePages<Message>(
    text === "" ? undefined : `/search?q=${encodeURIComponent(text)}`,
  );
  return (
    <>
      <PageHead title="Search" />
      <section class="card list-card" aria-label="Messages found">
        <div class="list-head search-head">
          <FilterInput
            label="Search for messages"
            placeholder='an id, or  queue:emails state:dead error:timeout payload.to:"a@b" age>1h'
            value={text}
            onChange={(value) => setQuery({ q: value }, { replace: text !== "" })}
          />
          {items === undefined ? undefined : (
            <span class="hint">
              {counted(items.length, "message")}
              {complete ? "" : " so far"}
            </span>
          )}
        </div>
        {problem === undefined ? undefined : <ProblemNote problem={problem} onRetry={reload} />}
        {text === "" ? <Examples /> : undefined}
        {text !== "" && items === undefined && problem === undefined ? (
          <div class="skeleton" aria-busy="true" />
        ) : undefined}
        {items?.length === 0 ? (
          <Empty title="Nothing found">
            Messages that are over are found by their id alone, in the queue they were in.
            {isLocal.value === false
              ? " Those that wait are searched only where the platform shows them without taking them."
              : ""}
          </Empty>
        ) : undefined}
        {items === undefined || items.length === 0 ? undefined : (
          <Rows
            items={items}
            label="Messages found"
            narrowHeight={80}
            keyOf={({ queue, id }) => `${queue} ${id}`}
            onEnd={more}
            onOpen={({ queue, id }) => navigate(places.message(queue, id))}
            render={(message) => (
              <Link to={places.message(message.queue, message.id)} class="found-row">
                <Badge tone={message.state === "over" ? "plain" : message.state}>
                  {STATE_TEXT[message.state] ?? message.state}
                </Badge>
                <span class="found-queue">{message.queue}</span>
                <span class="mono id">{message.id}</span>
                <PayloadLine message={message} />
                <span class="when">
                  <Time at={message.deadAt ?? message.sentAt} />
                </span>
              </Link>
            )}
          />
        )}
      </section>
    </>
  );
}

function Examples() {
  return (
    <div class="empty">
      <h2>Find messages</h2>
      <p>All conditions hold at once; text with spaces is quoted.</p>
      <ul class="examples">
        {EXAMPLES.map(([example, meaning]) => (
          <li key={example}>
            <Link to={places.search(example)}>
              <code>{example}</code>
            </Link>
            <span class="hint">{meaning}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
