import { useSignal } from "@preact/signals";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, TextInput } from "../../parts/field.tsx";
import { counted } from "../../parts/format.ts";

interface DiscardDialogProps {
  readonly queue: string;
  readonly size: number | undefined;
  readonly onClose: () => void;
  readonly onAction: () => unknown;
}

/** Whether many letters are to be lost: the name of their queue is the consent. */
export function DiscardDialog({ queue, size, onClose, onAction }: DiscardDialogProps) {
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

interface DiscardOneDialogProps {
  readonly id: string;
  readonly onClose: () => void;
  readonly onAction: () => unknown;
}

/** Whether one letter is to be lost. */
export function DiscardOneDialog({ id, onClose, onAction }: DiscardOneDialogProps) {
  return (
    <Dialog
      title="Discard this letter"
      action="Discard"
      danger
      onClose={onClose}
      onAction={onAction}
    >
      <p>
        <code class="mono">{id}</code> is gone for ever; copy its payload first if somebody may want
        it back.
      </p>
    </Dialog>
  );
}
