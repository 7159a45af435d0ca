import { useSignal } from "@preact/signals";
import { useCallback, useEffect } from "preact/hooks";
import { discardOne, lettersOf, redriveOne } from "../../data/dead-letters.ts";
import { inTurn } from "../../data/in-turn.ts";
import { useLoaded } from "../../data/loaded.ts";
import type { DeadLetter, ErrorGroup, List } from "../../data/model.ts";
import { usePages } from "../../data/pages.ts";
import { byId, isLocal } from "../../data/queues.ts";
import { request } from "../../data/request.ts";
import { hindrance } from "../../data/settings.ts";
import { NOTHING, OF_THE_DEAD, useActivity } from "../../data/use-activity.ts";
import { navigate } from "../../navigation/location.ts";
import { places } from "../../navigation/places.ts";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { counted } from "../../parts/format.ts";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { Rows } from "../../parts/rows.tsx";
import { attempt } from "../../parts/toasts.tsx";
import { QueueHead, QueueTabs } from "../queue/queue.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { DiscardOneDialog } from "./discard-dialog.tsx";
import { ErrorGroups } from "./error-groups.tsx";
import { type DeadFilter, deadFilter, queryOf } from "./filter.ts";
import { LetterRow } from "./letter-row.tsx";
import { LettersHead } from "./letters-head.tsx";
import { type Selected, toggled, useSelection } from "./selection.ts";

/** What a queue gave up on, by its errors, and what becomes of it. */
export function DeadLettersPage({ queue }: { readonly queue: string }) {
  const filter = deadFilter();
  const path = lettersOf(queue);
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
  // One that is redriven and dies again at once leaves the count as it was.
  useActivity(queue, reload, isLocal.value === true ? OF_THE_DEAD : NOTHING);
  useReloadAt(isLocal.value === true ? stats?.dead : undefined, reload);
  const { items, problem } = letters;
  const discarding = useSignal<string | undefined>(undefined);
  const redrive = (id: string) =>
    void attempt(
      () => redriveOne(queue, id).finally(reload),
      () => "1 letter redriven",
    );
  const discard = (id: string) => {
    discarding.value = undefined;
    void attempt(
      () => discardOne(queue, id).finally(reload),
      () => "1 letter discarded",
    );
  };
  const ask = (id: string) => {
    discarding.value = id;
  };
  const acts = [
    { key: "r", does: "redrive it", run: ({ id }: DeadLetter) => redrive(id) },
    { key: "d", does: "discard it, after a question", run: ({ id }: DeadLetter) => ask(id) },
  ];
  const isFiltered = Object.keys(filter).length > 0;
  const total = matching(filter, groups.data?.items, stats?.dead);
  return (
    <>
      <QueueHead queue={queue} summary={summary} />
      <QueueTabs queue={queue} view="dead" />
      <ErrorGroups queue={queue} groups={groups.data?.items} filter={filter} onDone={reload} />
      <section class="card list-card" aria-label="Dead letters">
        <LettersHead queue={queue} filter={filter} onLookAgain={reload} />
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
              narrowHeight={84}
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
              acts={hindrance.value === undefined ? acts : []}
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
                  onRedrive={() => redrive(letter.id)}
                  onDiscard={() => ask(letter.id)}
                />
              )}
            />
          </>
        )}
      </section>
      {discarding.value === undefined ? undefined : (
        <DiscardOneDialog
          id={discarding.value}
          onClose={() => {
            discarding.value = undefined;
          }}
          onAction={() => discard(discarding.value ?? "")}
        />
      )}
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
