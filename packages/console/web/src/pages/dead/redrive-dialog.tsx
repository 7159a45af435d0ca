import { useSignal } from "@preact/signals";
import { queues } from "../../data/queues.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, Select, TextInput } from "../../parts/field.tsx";
import { counted } from "../../parts/format.ts";

interface RedriveDialogProps {
  readonly queue: string;
  readonly size: number | undefined;
  /** All that match: the server does it, as fast as it is told to. */
  readonly paced: boolean;
  readonly onClose: () => void;
  readonly onAction: (more: Readonly<Record<string, unknown>>) => unknown;
}

/** How fast the letters go back, and where to. */
export function RedriveDialog({ queue, size, paced, onClose, onAction }: RedriveDialogProps) {
  const rate = useSignal("");
  const to = useSignal("");
  const all = queues.value ?? [];
  const isFifo = all.find(({ id }) => id === queue)?.fifo === true;
  // What is in order goes where it is in order, and the other way round.
  const others = all.filter(({ id, fifo }) => id !== queue && (fifo === true) === isFifo);
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
          ...(to.value === "" ? {} : { to: to.value }),
          ...(rate.value === "" || !paced ? {} : { rate: perSecond }),
        })
      }
    >
      <p>
        Each goes {to.value === "" ? "back to" : "to"} <strong>{to.value || queue}</strong> under
        its own id, with a fresh budget of attempts.
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
      <Field label="To">
        <Select
          value={to.value}
          choices={[
            ["", `${queue}, where they came from`],
            ...others.map(({ id }) => [id, id] as const),
          ]}
          onChange={(value) => {
            to.value = value;
          }}
        />
      </Field>
    </Dialog>
  );
}
