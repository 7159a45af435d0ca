import { useSignal } from "@preact/signals";
import type { Message } from "../../data/model.ts";
import { request } from "../../data/request.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { JsonEditor, jsonProblem } from "../../parts/json-editor.tsx";
import { achieve } from "../../parts/toasts.tsx";
import { payloadText } from "./payload-card.tsx";

interface EditDialogProps {
  readonly message: Message;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** Another payload for a dead letter, before it is redriven. */
export function EditDialog({ message, onClose, onSaved }: EditDialogProps) {
  const { queue, id, kind } = message;
  const text = useSignal(payloadText(message));
  const problem = kind === "text" ? undefined : jsonProblem(text.value);
  const save = async () => {
    const payload = kind === "text" ? JSON.stringify(text.value) : text.value;
    await request(
      "PUT",
      `/queues/${encodeURIComponent(queue)}/dead-letters/${encodeURIComponent(id)}`,
      { body: `{"payload":${payload},"kind":${JSON.stringify(kind)}}` },
    );
    onClose();
    onSaved();
  };
  return (
    <Dialog
      title="Edit the payload"
      action="Save"
      disabled={problem !== undefined}
      onAction={() => achieve(save, () => "Saved: redrive it when you like")}
      onClose={onClose}
    >
      <JsonEditor
        label="Payload"
        value={text.value}
        problem={problem}
        onInput={(value) => {
          text.value = value;
        }}
      />
    </Dialog>
  );
}
