import type { ErrorGroup } from "../../data/model.ts";
import { setQuery } from "../../navigation/location.ts";
import { count } from "../../parts/format.ts";
import { Time } from "../../parts/time.tsx";
import type { DeadFilter } from "./filter.ts";
import { GroupActions } from "./group-actions.tsx";

interface ErrorGroupsProps {
  readonly queue: string;
  readonly groups: readonly ErrorGroup[] | undefined;
  readonly filter: DeadFilter;
  readonly onDone: () => void;
}

const SHOWN = 8;

/** Dead letters by their error, the most frequent first; one is chosen to see its letters alone. */
export function ErrorGroups({ queue, groups, filter, onDone }: ErrorGroupsProps) {
  if (groups === undefined || groups.length === 0) return undefined;
  const sorted = [...groups].sort((a, b) => b.count - a.count).slice(0, SHOWN);
  const most = Math.max(...sorted.map((group) => group.count));
  return (
    <section class="card groups" aria-label="By error">
      {sorted.map((group) => {
        const { code, message, count: number, last } = group;
        const isChosen = filter.code === code && filter.error === partOf(message);
        return (
          <div key={code + message} class="group-row">
            <button
              type="button"
              class="group"
              aria-pressed={isChosen}
              onClick={() =>
                setQuery(
                  isChosen
                    ? { code: undefined, error: undefined }
                    : { code, error: partOf(message) },
                )
              }
            >
              <span class="group-count number">{count(number)}</span>
              <span class="group-text">
                <code class="code">{code}</code>
                <span class="error-text" dir="auto">
                  {message}
                </span>
              </span>
              <span class="when">
                last <Time at={last} />
              </span>
              <progress class="group-bar" max={most} value={number} aria-hidden="true" />
            </button>
            <GroupActions queue={queue} group={group} onDone={onDone} />
          </div>
        );
      })}
      {groups.length > SHOWN ? (
        <p class="hint">{count(groups.length - SHOWN)} rarer errors are in the list below.</p>
      ) : undefined}
    </section>
  );
}

const LONGEST_PART = 256;

/** As much of a message as a filter takes. */
function partOf(message: string): string {
  return message.slice(0, LONGEST_PART);
}
