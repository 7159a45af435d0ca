import { useSignal } from "@preact/signals";
import { loadOperations, operations } from "../../data/queues.ts";
import { request } from "../../data/request.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, TextInput } from "../../parts/field.tsx";
import { counted } from "../../parts/format.ts";
import { OperationProgress } from "../../parts/operation-progress.tsx";
import { attempt } from "../../parts/toasts.tsx";
import type { DeadFilter } from "./filter.ts";
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
  const asked = useSignal<"redrive" | "discard" | undefined>(undefined);
  const running = operations.value.find(
    (each) => each.queue === queue && each.status === "RUNNING",
  );
  const size = selected === "all" ? total : selected.size;
  const close = () => {
    asked.value = undefined;
  };
  const run = async (act: "redrive" | "discard", more: Readonly<Record<string, unknown>>) => {
    const path = `/queues/${encodeURIComponent(queue)}/dead-letters/${act}`;
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
            <span class="push" />
            <Button kind="primary" icon="redrive" onClick={() => (asked.value = "redrive")} changes>
              Redrive
            </Button>
            <Button kind="danger" icon="trash" onClick={() => (asked.value = "discard")} changes>
              Discard
            </Button>
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
            void attempt(
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
            void attempt(
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

interface RedriveDialogProps {
  readonly queue: string;
  readonly size: number | undefined;
  /** All that match: the server does it, as fast as it is told to. */
  readonly paced: boolean;
  readonly onClose: () => void;
  readonly onAction: (more: Readonly<Record<string, unknown>>) => void;
}

function RedriveDialog({ queue, size, paced, onClose, onAction }: RedriveDialogProps) {
  const rate = useSignal("");
  const to = useSignal("");
  const perSecond = Number(rate.value);
  const isWrong = rate.value !== "" && !(perSecond > 0);
  return (
    <Dialog
      title={`Redrive ${size === undefined ? "all that match" : counted(size, "letter")}`}
      action="Redrive"
      disabled={isWrong}
      onClose={onClose}
      onAction={() =>
        onAction({
          ...(to.value.trim() === "" ? {} : { to: to.value.trim() }),
          ...(rate.value === "" || !paced ? {} : { rate: perSecond }),
        })
      }
    >
      <p>
        Each goes back to <strong>{queue}</strong> under its own id, with a fresh budget of
        attempts.
      </p>
      {paced ? (
        <Field
          label="At most a second"
          hint="Empty: as fast as it goes. It runs on the server, whether this page is open or not."
          problem={isWrong ? "A number above 0." : undefined}
        >
          <TextInput
            value={rate.value}
            placeholder="50"
            focused
            onInput={(value) => {
              rate.value = value.trim();
            }}
          />
        </Field>
      ) : undefined}
      <Field label="To another queue" hint="Empty: back to where each came from.">
        <TextInput
          value={to.value}
          mono
          placeholder={queue}
          onInput={(value) => {
            to.value = value;
          }}
        />
      </Field>
    </Dialog>
  );
}

interface DiscardDialogProps {
  readonly queue: string;
  readonly size: number | undefined;
  readonly onClose: () => void;
  readonly onAction: () => void;
}

function DiscardDialog({ queue, size, onClose, onAction }: DiscardDialogProps) {
  const typed = useSignal("");
  return (
    <Dialog
      title={`Discard ${size === undefined ? "all that match" : counted(size, "letter")}`}
      action="Discard"
      danger
      disabled={typed.value !== queue}
      onClose={onClose}
      onAction={onAction}
    >
      <p>They are gone for ever; export them first if somebody may want them back.</p>
      <Field label={`Type ${queue} to confirm`}>
        <TextInput
          value={typed.value}
          mono
          focused
          onInput={(value) => {
            typed.value = value;
          }}
        />
      </Field>
    </Dialog>
  );
}
