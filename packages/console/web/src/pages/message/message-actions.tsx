import { useSignal } from "@preact/signals";
import { type Applied, inTime } from "../../data/applied.ts";
import { discardOne, redriveOne } from "../../data/dead-letters.ts";
import { loadQueues } from "../../data/queues.ts";
import { request } from "../../data/request.ts";
import { navigate } from "../../navigation/location.ts";
import { places } from "../../navigation/places.ts";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { attempt, toast } from "../../parts/toasts.tsx";
import { DiscardOneDialog } from "../dead/discard-dialog.tsx";
import { asCurl, asTypeScript } from "./copy-as.ts";
import { EditDialog } from "./edit-dialog.tsx";
import type { Shown } from "./shown.ts";

interface MessageActionsProps {
  readonly message: Shown;
  readonly onChanged: () => void;
}

/** What can be done with a message where it is. */
export function MessageActions({ message, onChanged }: MessageActionsProps) {
  const { id, queue, state, attempts } = message;
  const editing = useSignal(false);
  const discarding = useSignal(false);
  const path = `/queues/${encodeURIComponent(queue)}`;
  const own = encodeURIComponent(id);
  const act = (work: () => Promise<Applied>, text: string) =>
    void attempt(
      async () => {
        const answer = await work();
        await loadQueues();
        onChanged();
        inTime(answer);
      },
      () => text,
    );
  const expedite = () =>
    act(() => request<Applied>("POST", `${path}/messages/${own}/expedite`), "It is ready now");
  const redrive = () =>
    void attempt(
      () => redriveOne(queue, id).finally(onChanged),
      () => "Redriven, with a fresh budget of attempts",
    );
  const discard = () =>
    void attempt(async () => {
      discarding.value = false;
      await discardOne(queue, id);
      toast("Discarded");
      navigate(places.dead(queue));
    });
  const cancel = () =>
    act(
      () => request<Applied>("POST", `/jobs/${own}/cancel?queue=${encodeURIComponent(queue)}`),
      "Cancelled",
    );
  return (
    <>
      {state === "delayed" ? (
        <Button kind="primary" icon="skip" onClick={expedite} changes>
          {attempts > 0 ? "Retry now" : "Skip the delay"}
        </Button>
      ) : undefined}
      {state === "delayed" || state === "ready" ? (
        <Button icon="close" onClick={cancel} changes>
          Cancel
        </Button>
      ) : undefined}
      {state === "dead" ? (
        <>
          <Button kind="primary" icon="redrive" onClick={redrive} changes>
            Redrive
          </Button>
          <Button icon="edit" onClick={() => (editing.value = true)} changes>
            Edit
          </Button>
          <Button kind="danger" icon="trash" onClick={() => (discarding.value = true)} changes>
            Discard
          </Button>
        </>
      ) : undefined}
      {message.payload === undefined ? undefined : (
        <>
          <Button icon="send" onClick={() => navigate(places.send(queue, id))} changes>
            Edit and resend
          </Button>
          <Copy what="the send as TypeScript" text={() => asTypeScript(message)}>
            TypeScript
          </Copy>
          <Copy what="the send as curl" text={() => asCurl(message)}>
            curl
          </Copy>
        </>
      )}
      {discarding.value ? (
        <DiscardOneDialog
          id={id}
          onAction={discard}
          onClose={() => {
            discarding.value = false;
          }}
        />
      ) : undefined}
      {editing.value ? (
        <EditDialog
          message={message}
          onClose={() => {
            editing.value = false;
          }}
          onSaved={onChanged}
        />
      ) : undefined}
    </>
  );
}
