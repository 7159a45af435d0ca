import { useSignal } from "@preact/signals";
import { useCallback, useEffect } from "preact/hooks";
import { inTurn } from "../../data/in-turn.ts";
import { useLoaded } from "../../data/loaded.ts";
import type { DeadLetter, ErrorGroup, List } from "../../data/model.ts";
import { usePages } from "../../data/pages.ts";
import { byId, isLocal } from "../../data/queues.ts";
import { request } from "../../data/request.ts";
import { Link } from "../../navigation/link.tsx";
import { navigate, setQuery } from "../../navigation/location.ts";
import { places } from "../../navigation/places.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Select } from "../../parts/field.tsx";
import { FilterInput } from "../../parts/filter-input.tsx";
import { counted } from "../../parts/format.ts";
import { PayloadLine } from "../../parts/payload-line.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { Rows } from "../../parts/rows.tsx";
import { Time } from "../../parts/time.tsx";
import { QueueHead, QueueTabs } from "../queue/queue.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { ErrorGroups } from "./error-groups.tsx";
import { type DeadFilter, deadFilter, queryOf } from "./filter.ts";
import { type Selected, toggled, useSelection } from "./selection.ts";

/** What a queue gave up on, by its errors, and what becomes of it. */
export function DeadLettersPage({ queue }: { readonly queue: string }) {
  const filter = deadFilter();
  const path = `/queues/${encodeURIComponent(queue)}/dead-letters`;
  const letters = usePages<DeadLetter>(path + queryOf(filter), {
    follows: isLocal.value === true,
    turn: path,
  });
  const groups = useLoaded(
    `${path}/groups`,
    (signal) =>
      inTurn(path, signal, () => request<List<ErrorGroup>>("GET", `${path}/groups`, { signal })),
    { follows: isLocal.value === true },
  );
  const selected = useSelection(queue, filter);
  const summary = byId.value.get(queue);
  const stats = summary?.stats;
  const reloadLetters = letters.reload;
  const reloadGroups = groups.reload;
  const reload = useCallback(() => {
    reloadLetters();
    reloadGroups();
  }, [reloadLetters, reloadGroups]);
  useReloadAt(isLocal.value === true ? stats?.dead : undefined, reload);
  const { items, problem } = letters;
  const isFiltered = Object.keys(filter).length > 0;
  const total = matching(filter, groups.data?.items, stats?.dead);
  return (
    <>
      <QueueHead queue={queue} summary={summary} />
      <QueueTabs queue={queue} view="dead" />
      <ErrorGroups groups={groups.data?.items} filter={filter} />
      <section class="card list-card" aria-label="Dead letters">
        <ListHead queue={queue} filter={filter} onLookAgain={reload} />
        {problem === undefined ? undefined : <ProblemNote problem={problem} onRetry={reload} />}
        {items === undefined ? (
          <div class="skeleton" aria-busy={problem === undefined} />
        ) : items.length === 0 ? (
          <Nothing queue={queue} isFiltered={isFiltered} />
        ) : (
          <>
            <SelectionHead
              items={items}
              total={total}
              selected={selected.value}
              onSelect={(next) => {
                selected.value = next;
              }}
            />
            <Rows
              items={items}
              label="Dead letters"
              rowHeight={56}
              keyOf={({ id }) => id}
              onEnd={letters.more}
              onOpen={({ id }) => navigate(places.message(queue, id))}
              onSelect={({ id }) => {
                selected.value = toggled(
                  selected.value,
                  id,
                  items.map((each) => each.id),
                );
              }}
              render={(letter) => (
                <LetterRow
                  letter={letter}
                  queue={queue}
                  isSelected={selected.value === "all" || selected.value.has(letter.id)}
                  onToggle={() => {
                    selected.value = toggled(
                      selected.value,
                      letter.id,
                      items.map((each) => each.id),
                    );
                  }}
                />
              )}
            />
          </>
        )}
      </section>
      <BulkBar
        queue={queue}
        filter={filter}
        selected={selected.value}
        total={total}
        onDone={() => {
          selected.value = new Set();
          reload();
        }}
      />
    </>
  );
}

/** Loads anew when the number of dead letters has changed; never while it is not told. */
function useReloadAt(dead: number | undefined, reload: () => void): void {
  const last = useSignal(dead);
  useEffect(() => {
    if (last.peek() !== undefined && dead !== undefined && last.peek() !== dead) reload();
    last.value = dead;
  }, [dead, last, reload]);
}

/** How many letters the filter means, where that is known without looking at each. */
function matching(
  { code, error, where, olderThan, youngerThan }: DeadFilter,
  groups: readonly ErrorGroup[] | undefined,
  dead: number | undefined,
): number | undefined {
  if (where !== undefined || olderThan !== undefined || youngerThan !== undefined) return undefined;
  if (code === undefined && error === undefined) return dead;
  return groups
    ?.filter((group) => code === undefined || group.code === code)
    .filter(({ message }) => message.toLowerCase().includes((error ?? "").toLowerCase()))
    .reduce((sum, group) => sum + group.count, 0);
}

interface ListHeadProps {
  readonly queue: string;
  readonly filter: DeadFilter;
  readonly onLookAgain: () => void;
}

function ListHead({ queue, filter, onLookAgain }: ListHeadProps) {
  const { code, error = "", where = "" } = filter;
  const age = ageOf(filter);
  return (
    <div class="list-head">
      {code === undefined ? undefined : (
        <button type="button" class="chip" onClick={() => setQuery({ code: undefined })}>
          <span class="mono">{code}</span> ×<span class="sr">, any code</span>
        </button>
      )}
      <FilterInput
        label="Filter by the error's message"
        placeholder="part of the error"
        value={error}
        onChange={(value) => setQuery({ error: value }, { replace: error !== "" })}
      />
      <FilterInput
        label="Filter by a field of the payload"
        placeholder='payload field, like  to:"a@b"'
        value={where}
        onChange={(value) => setQuery({ where: value }, { replace: where !== "" })}
      />
      <Select
        label="Filter by how long they have been dead"
        value={age}
        choices={AGES.some(([each]) => each === age) ? AGES : [...AGES, [age, age]]}
        onChange={(value) => {
          const [olderThan, youngerThan] = value.split(" ");
          setQuery({ olderThan, youngerThan });
        }}
      />
      <span class="push" />
      {isLocal.value === false ? <Button onClick={onLookAgain}>Look again</Button> : undefined}
      <a
        class="button plain"
        href={`/queues/${encodeURIComponent(queue)}/dead-letters/export${queryOf(filter)}`}
        download={`${queue}-dead-letters.ndjson`}
      >
        Export NDJSON
      </a>
    </div>
  );
}

/** "olderThan youngerThan", either of them empty. */
const AGES: readonly (readonly [value: string, text: string])[] = [
  ["", "of any age"],
  [" 10m", "of the last 10 minutes"],
  [" 1h", "of the last hour"],
  [" 1d", "of the last day"],
  ["1h", "older than an hour"],
  ["1d", "older than a day"],
];

function ageOf({ olderThan = "", youngerThan = "" }: DeadFilter): string {
  return `${olderThan} ${youngerThan}`.trimEnd();
}

interface SelectionHeadProps {
  readonly items: readonly DeadLetter[];
  readonly total: number | undefined;
  readonly selected: Selected;
  readonly onSelect: (selected: Selected) => void;
}

function SelectionHead({ items, total, selected, onSelect }: SelectionHeadProps) {
  const all = selected === "all" || items.every(({ id }) => selected.has(id));
  const more = total === undefined || total > items.length;
  return (
    <div class="selection-head">
      <label class="check">
        <input
          type="checkbox"
          checked={all}
          onChange={() => onSelect(all ? new Set() : new Set(items.map(({ id }) => id)))}
        />
        Select the {counted(items.length, "letter")} shown
      </label>
      {selected === "all" || !more ? undefined : (
        <Button kind="quiet" onClick={() => onSelect("all")}>
          {total === undefined
            ? "Select all that match"
            : `Select all ${counted(total, "letter")} that match`}
        </Button>
      )}
    </div>
  );
}

interface LetterRowProps {
  readonly letter: DeadLetter;
  readonly queue: string;
  readonly isSelected: boolean;
  readonly onToggle: () => void;
}

function LetterRow({ letter, queue, isSelected, onToggle }: LetterRowProps) {
  const { id, error, attempts, deadAt } = letter;
  return (
    <div class={isSelected ? "letter-row selected" : "letter-row"}>
      <input type="checkbox" checked={isSelected} aria-label={`Select ${id}`} onChange={onToggle} />
      <Link to={places.message(queue, id)} class="letter">
        <span class="letter-top">
          <span class="mono id">{id}</span>
          <PayloadLine message={letter} />
          <span class="when">
            died <Time at={deadAt} />
          </span>
        </span>
        <span class="letter-error">
          <code class="code">{error.code}</code>
          <span class="error-text" dir="auto">
            {error.message}
          </span>
          <span class="when">{counted(attempts, "attempt")}</span>
        </span>
      </Link>
    </div>
  );
}

function Nothing({ queue, isFiltered }: { readonly queue: string; readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty title="No dead letter matches" />;
  return (
    <Empty
      title="No dead letters"
      snippet={`onQueueMessage(${JSON.stringify(queue)}, async (message) => {
  throw new Error("tried again, and in the end a dead letter");
});`}
    >
      A message whose attempts have all failed is kept here, with its error, until somebody redrives
      or discards it.
    </Empty>
  );
}
