import type { QueueClient, SendOptions } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { Chance } from "../../simulation/chance.ts";
import type { Witness } from "./witness.ts";

/** What every message of a campaign carries. */
export interface Payload {
  readonly key: string;
  readonly filler: string;
}

export interface SenderOptions {
  readonly name: string;
  readonly tasks: QueueClient<Payload>;
  readonly witness: Witness;
  readonly chance: Chance;
  readonly fifo: boolean;
  readonly delays: boolean;
  readonly count: number;
}

/** Sends one by one, several at once and in batches, and writes down what was answered. */
export async function runSender(sender: SenderOptions): Promise<void> {
  const { name, chance, count } = sender;
  for (let sent = 0; sent < count; ) {
    const size = Math.min(count - sent, chance.int(1, 12));
    const keys = Array.from({ length: size }, (_, index) => `${name}-${sent + index}`);
    if (chance.is(0.4)) await sendBatch(sender, keys);
    else await Promise.all(keys.map((key) => sendOne(sender, key)));
    sent += size;
  }
}

async function sendOne(sender: SenderOptions, key: string): Promise<void> {
  const { tasks, witness, chance, name } = sender;
  const { payload, options } = compose(sender, key);
  // A caller that gives up now and then.
  const signal = chance.is(0.05) ? AbortSignal.timeout(chance.int(0, 60)) : undefined;
  try {
    const { id } = await tasks.send(payload, { ...options, ...(signal && { signal }) });
    witness.write(name, { kind: "send-ok", key, id });
  } catch (error) {
    judgeFailure(witness, error, signal);
  }
}

async function sendBatch(sender: SenderOptions, keys: readonly string[]): Promise<void> {
  const { tasks, witness, name } = sender;
  const entries = keys.map((key) => compose(sender, key));
  const results = await tasks.sendBatch(
    entries.map(({ payload, options }) => ({ payload, ...options })),
  );
  if (results.length !== keys.length) witness.violations.push("a batch was not answered in whole");
  for (const [index, result] of results.entries()) {
    const key = keys[index] ?? "";
    if (result.ok) witness.write(name, { kind: "send-ok", key, id: result.id });
    else judgeFailure(witness, result.error, undefined);
  }
}

/** One message, written down before anybody may have it. */
function compose(
  { witness, name, chance, fifo, delays }: SenderOptions,
  key: string,
): { readonly payload: Payload; readonly options: SendOptions } {
  const group = fifo ? `g${chance.int(0, 3)}` : undefined;
  const delayMs = delays && chance.is(0.1) ? 1_000 : undefined;
  const maxAttempts = chance.is(0.15) ? chance.int(1, 2) : undefined;
  const start = {
    kind: "send-start",
    key,
    ...(group === undefined ? {} : { group }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
  } as const;
  witness.write(name, start);
  return {
    payload: { key, filler: "x".repeat(chance.int(0, 300)) },
    options: {
      ...(group === undefined ? {} : { group }),
      ...(delayMs === undefined ? {} : { delay: "1s" }),
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
    },
  };
}

/** What was not answered is in doubt; how that is told is part of the promise. */
function judgeFailure(witness: Witness, error: unknown, signal: AbortSignal | undefined): void {
  const aborted = error instanceof AlienError && error.code === "ABORTED" && signal?.aborted;
  const passing = error instanceof AlienError && error.retryable;
  if (!aborted && !passing) witness.violations.push(`a send failed with ${String(error)}`);
}
