import { useSignal } from "@preact/signals";
import { now } from "../../data/now.ts";
import { loadQueues } from "../../data/queues.ts";
import { request } from "../../data/request.ts";
import { navigate } from "../../navigation/location.ts";
import { places } from "../../navigation/places.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, Select, TextInput } from "../../parts/field.tsx";
import { counted } from "../../parts/format.ts";
import { absolute, zoneAt } from "../../parts/time.tsx";
import { achieve, attempt } from "../../parts/toasts.tsx";

interface QueueActionsProps {
  readonly queue: string;
  readonly paused: boolean;
}

/** Sending, pausing, resuming and purging. */
export function QueueActions({ queue, paused }: QueueActionsProps) {
  const asked = useSignal<"pause" | "purge" | undefined>(undefined);
  const close = () => {
    asked.value = undefined;
  };
  const resume = () =>
    attempt(
      async () => {
        await request("POST", `/queues/${encodeURIComponent(queue)}/resume`);
        await loadQueues();
      },
      () => `${queue} goes on`,
    );
  return (
    <>
      <Button kind="primary" icon="send" onClick={() => navigate(places.send(queue))} changes>
        Send
      </Button>
      {paused ? (
        <Button icon="play" onClick={() => void resume()} changes>
          Resume
        </Button>
      ) : (
        <Button icon="pause" onClick={() => (asked.value = "pause")} changes>
          Pause
        </Button>
      )}
      <Button icon="trash" onClick={() => (asked.value = "purge")} changes>
        Purge
      </Button>
      {asked.value === "pause" ? <PauseDialog queue={queue} onClose={close} /> : undefined}
      {asked.value === "purge" ? <PurgeDialog queue={queue} onClose={close} /> : undefined}
    </>
  );
}

interface AskedProps {
  readonly queue: string;
  readonly onClose: () => void;
}

const MS: Readonly<Record<string, number>> = { "10m": 600_000, "1h": 3_600_000, "1d": 86_400_000 };
const UNTIL = [
  ["", "until somebody resumes it"],
  ["10m", "for 10 minutes"],
  ["1h", "for an hour"],
  ["1d", "for a day"],
] as const;

/** When a pause of now would end, on the reader's clock. */
function resumesAt(until: string): string {
  const at = now.value + (MS[until] ?? 0);
  return `It resumes by itself at ${absolute(at).slice(0, 16)} (${zoneAt(at)}).`;
}

function PauseDialog({ queue, onClose }: AskedProps) {
  const reason = useSignal("");
  const until = useSignal("");
  const whilePaused = useSignal("wait");
  const pause = async () => {
    const body = {
      reason: reason.value.trim(),
      whilePaused: whilePaused.value,
      ...(until.value === "" ? {} : { until: until.value }),
    };
    await request("POST", `/queues/${encodeURIComponent(queue)}/pause`, {
      body: JSON.stringify(body),
    });
    await loadQueues();
    onClose();
  };
  return (
    <Dialog
      title={`Pause ${queue}`}
      action="Pause"
      disabled={reason.value.trim() === ""}
      onAction={() => achieve(pause, () => `${queue} is paused`)}
      onClose={onClose}
    >
      <p class="hint">No handler is called any more; what runs goes on to its end.</p>
      <Field label="Reason" hint="Everybody who wonders will read it.">
        <TextInput
          value={reason.value}
          focused
          placeholder="the mail provider is down"
          onInput={(value) => {
            reason.value = value;
          }}
        />
      </Field>
      <Field label="How long" hint={until.value === "" ? undefined : resumesAt(until.value)}>
        <Select
          value={until.value}
          choices={UNTIL}
          onChange={(value) => {
            until.value = value;
          }}
        />
      </Field>
      <Field label="Messages meanwhile">
        <Select
          value={whilePaused.value}
          choices={[
            ["wait", "wait"],
            ["deadLetter", "are dead-lettered"],
          ]}
          onChange={(value) => {
            whilePaused.value = value;
          }}
        />
      </Field>
    </Dialog>
  );
}

function PurgeDialog({ queue, onClose }: AskedProps) {
  const typed = useSignal("");
  const purge = async () => {
    const name = encodeURIComponent(queue);
    const answer = await request<{ readonly removed: number }>(
      "POST",
      `/queues/${name}/purge?confirm=${name}`,
    );
    await loadQueues();
    onClose();
    return answer;
  };
  return (
    <Dialog
      title={`Purge ${queue}`}
      action="Purge"
      danger
      disabled={typed.value !== queue}
      onAction={() => achieve(purge, ({ removed }) => `${counted(removed, "message")} removed`)}
      onClose={onClose}
    >
      <p>
        Ready and delayed messages are removed at once, those in flight when their lease ends. Dead
        letters stay. This cannot be undone.
      </p>
      <Field label={`Type ${queue} to confirm`}>
        <TextInput
          value={typed.value}
          focused
          mono
          onInput={(value) => {
            typed.value = value;
          }}
        />
      </Field>
    </Dialog>
  );
}
