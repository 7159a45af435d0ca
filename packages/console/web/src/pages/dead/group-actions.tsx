import { useSignal } from "@preact/signals";
import { actOnGroup } from "../../data/dead-letters.ts";
import type { Act, ErrorGroup } from "../../data/model.ts";
import { Button } from "../../parts/button.tsx";
import { attempt } from "../../parts/toasts.tsx";
import { DiscardDialog } from "./discard-dialog.tsx";
import { toldOfGroup } from "./told.ts";

interface GroupActionsProps {
  readonly queue: string;
  readonly group: ErrorGroup;
  readonly onDone: () => void;
}

/** What can be done with all letters of one error, whatever else is filtered or selected. */
export function GroupActions({ queue, group, onDone }: GroupActionsProps) {
  const discarding = useSignal(false);
  const close = () => {
    discarding.value = false;
  };
  const act = (what: Act) => {
    close();
    void attempt(
      () => actOnGroup(queue, group, what).finally(onDone),
      (ended) => toldOfGroup(ended, what),
    );
  };
  const { code, message } = group;
  return (
    <span class="group-actions">
      <Button
        kind="quiet"
        icon="redrive"
        label={`Redrive all of ${code} ${message}`}
        title="Redrive all letters of this error"
        onClick={() => act("redrive")}
        changes
      >
        <span class="act-text">Redrive</span>
      </Button>
      <Button
        kind="quiet"
        icon="trash"
        label={`Discard all of ${code} ${message}`}
        title="Discard all letters of this error"
        onClick={() => {
          discarding.value = true;
        }}
        changes
      />
      {discarding.value ? (
        <DiscardDialog
          queue={queue}
          size={group.count}
          onClose={close}
          onAction={() => act("discard")}
        />
      ) : undefined}
    </span>
  );
}
