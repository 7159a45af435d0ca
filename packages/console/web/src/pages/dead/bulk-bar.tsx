import { useSignal } from "@preact/signals";
import { lettersOf } from "../../data/dead-letters.ts";
import type { Act } from "../../data/model.ts";
import { loadOperations, runningOf } from "../../data/queues.ts";
import { request } from "../../data/request.ts";
import { Button } from "../../parts/button.tsx";
import { counted } from "../../parts/format.ts";
import { OperationProgress } from "../../parts/operation-progress.tsx";
import { achieve } from "../../parts/toasts.tsx";
import { DiscardDialog } from "./discard-dialog.tsx";
import type { DeadFilter } from "./filter.ts";
import { RedriveDialog } from "./redrive-dialog.tsx";
import type { Selected } from "./selection.ts";
import { type Results, told } from "./told.ts";

interface BulkBarProps {
  readonly queue: string;
  readonly filter: DeadFilter;
  readonly selected: Selected;
  /** How many "all" is, where that is known. */
  readonly total: number | undefined;
  readonly onDone: () => void;
}

/** What can be done with the letters that are selected, and how far the server is with it. */
export function BulkBar({ queue, filter, selected, total, onDone }: BulkBarProps) {
  const asked = useSignal<Act | undefined>(undefined);
  const running = runningOf(queue);
  const size = selected === "all" ? total : selected.size;
  const close = () => {
    asked.value = undefined;
  };
  const run = async (act: Act, more: Readonly<Record<string, unknown>>) => {
    const path = `${lettersOf(queue)}/${act}`;
    const post = (which: object) =>
      request<Results>("POST", path, { body: JSON.stringify({ ...which, ...more }) });
    const answers: Results[] = [];
    if (selected === "all") answers.push(await post({ filter }));
    else for (const ids of portions([...selected])) answers.push(await post({ ids }));
    close();
    await loadOperations();
    onDone();
    return told(answers, act);
  };
  if (size === 0 && running === undefined) return undefined;
  return (
    <>
      <section class="bulk-bar" aria-label="Selected letters">
        {running === undefined ? undefined : <OperationProgress operation={running} />}
        {size === 0 ? undefined : (
          <>
            <strong>
              {size === undefined ? "All that match" : `${counted(size, "letter")} selected`}
            </strong>
            <span class="bulk-actions">
              <Button
                kind="primary"
                icon="redrive"
                onClick={() => (asked.value = "redrive")}
                changes
              >
                Redrive
              </Button>
              <Button kind="danger" icon="trash" onClick={() => (asked.value = "discard")} changes>
                Discard
              </Button>
            </span>
          </>
        )}
      </section>
      {asked.value === "redrive" ? (
        <RedriveDialog
          queue={queue}
          size={size}
          paced={selected === "all"}
          onClose={close}
          onAction={(more) =>
            achieve(
              () => run("redrive", more),
              (text) => text,
            )
          }
        />
      ) : undefined}
      {asked.value === "discard" ? (
        <DiscardDialog
          queue={queue}
          size={size}
          onClose={close}
          onAction={() =>
            achieve(
              () => run("discard", { confirm: queue }),
              (text) => text,
            )
          }
        />
      ) : undefined}
    </>
  );
}

/** As many ids as a request takes. */
const PORTION = 500;

function portions(ids: readonly string[]): readonly (readonly string[])[] {
  const starts = Array.from({ length: Math.ceil(ids.length / PORTION) }, (_, index) => index);
  return starts.map((index) => ids.slice(index * PORTION, (index + 1) * PORTION));
}
