import { useSignal } from "@preact/signals";
import { actOnGroup } from "../../data/dead-letters.ts";
import type { Act, ErrorGroup } from "../../data/model.ts";
import { attempt } from "../../parts/toasts.tsx";
import { DiscardDialog } from "./discard-dialog.tsx";
import { RedriveOrDiscard } from "./redrive-or-discard.tsx";
import { toldOfGroup } from "./told.ts";

const TITLES = {
  redrive: "Redrive all letters of this error",
  discard: "Discard all letters of this error",
};

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
      <RedriveOrDiscard
        of={`all of ${code} ${message}`}
        titles={TITLES}
        onRedrive={() => act("redrive")}
        onDiscard={() => {
          discarding.value = true;
        }}
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
