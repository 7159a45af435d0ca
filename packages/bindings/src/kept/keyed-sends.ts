import { AlienError } from "@alienplatform/core";
import type { Outgoing, SendResult } from "../queue/driver.ts";
import { callOnce } from "../queue/retry.ts";
import type { ClaimedKey, IdempotencyKeys } from "./idempotency-keys.ts";

type Send = (messages: readonly Outgoing[], signal?: AbortSignal) => Promise<readonly SendResult[]>;

/** Whether the key of a message is asked for: what was sent before, and is wanted once more, is no duplicate. */
export function isKeyed({ idempotencyKey, copy, attempt }: Outgoing): boolean {
  return idempotencyKey !== undefined && copy === undefined && attempt === undefined;
}

/**
 * Sends a batch of which some have idempotency keys; the others ask nothing and wait for nobody, unless a message of
 * their group has a key: a group goes in one call, in its order.
 */
export async function sendKeyed(
  messages: readonly Outgoing[],
  keys: IdempotencyKeys,
  send: Send,
  signal: AbortSignal | undefined,
): Promise<readonly SendResult[]> {
  const groups = new Set(messages.filter(isKeyed).map(({ group }) => group));
  groups.delete(undefined);
  const waits = (one: Outgoing) => isKeyed(one) || groups.has(one.group);
  const results = new Map<Outgoing, SendResult>();
  const keep = (those: readonly Outgoing[], answers: readonly SendResult[]) => {
    for (const [index, one] of those.entries()) results.set(one, answers[index] ?? noAnswer(one));
  };
  const plain = messages.filter((one) => !waits(one));
  const keyed = messages.filter(waits);
  await Promise.all([
    plain.length === 0 ? undefined : send(plain, signal).then((answers) => keep(plain, answers)),
    sendClaimed(keyed, keys, send, signal).then((answers) => keep(keyed, answers)),
  ]);
  return messages.map((one) => results.get(one) ?? noAnswer(one));
}

/** What is to be sent for a message, under which key; or what it was answered without. */
type Plan =
  | { readonly message: Outgoing; readonly key?: ClaimedKey }
  | { readonly result: SendResult };

async function sendClaimed(
  messages: readonly Outgoing[],
  keys: IdempotencyKeys,
  send: Send,
  signal: AbortSignal | undefined,
): Promise<readonly SendResult[]> {
  const { first, again } = byKey(messages);
  const plans = await Promise.all(first.map((one) => plan(one, keys, signal)));
  const sendable = plans.flatMap((one) => ("message" in one ? [one] : []));
  const batch = sendable.map(({ message }) => message);
  const sent = batch.length === 0 ? [] : await callOnce(batch, send, signal);
  await Promise.all(sendable.map(({ key }, index) => key && end(keys, key, sent[index])));
  const answers = sent.values();
  const results = new Map(
    plans.map((one, index) => [
      first[index],
      "result" in one ? one.result : (answers.next().value ?? noAnswer(one.message)),
    ]),
  );
  if (again.length > 0) {
    const repeated = await sendClaimed(again, keys, send, signal);
    for (const [index, one] of again.entries()) results.set(one, repeated[index] ?? noAnswer(one));
  }
  return messages.map((one) => results.get(one) ?? noAnswer(one));
}

/** A key that is in the batch twice is asked for once more when the first of its messages was sent. */
function byKey(messages: readonly Outgoing[]): { first: Outgoing[]; again: Outgoing[] } {
  const seen = new Set<string>();
  const first: Outgoing[] = [];
  const again: Outgoing[] = [];
  for (const message of messages) {
    const { idempotencyKey: key } = message;
    (key !== undefined && isKeyed(message) && seen.has(key) ? again : first).push(message);
    if (key !== undefined && isKeyed(message)) seen.add(key);
  }
  return { first, again };
}

async function plan(
  message: Outgoing,
  keys: IdempotencyKeys,
  signal: AbortSignal | undefined,
): Promise<Plan> {
  const { idempotencyKey } = message;
  if (idempotencyKey === undefined || !isKeyed(message)) return { message };
  try {
    const claimed = await keys.claim(message, idempotencyKey, signal);
    if ("ok" in claimed) return { result: claimed };
    return { message: { ...message, id: claimed.id }, key: claimed };
  } catch (error) {
    if (error instanceof AlienError) return { result: { ok: false, error } };
    throw error;
  }
}

/**
 * Nothing is known of a send that failed for a passing reason: it may have been stored, and its claim stays, for who
 * repeats it.
 */
async function end(
  keys: IdempotencyKeys,
  key: ClaimedKey,
  result: SendResult | undefined,
): Promise<void> {
  try {
    if (result?.ok) await keys.sent(key);
    else if (result !== undefined && !result.error.retryable && knownRefused(result.error)) {
      await keys.giveBack(key);
    }
  } catch {
    // The message's own answer counts: without its mark the key is taken over in a minute.
  }
}

/** An abort and a driver's own failure do not say that nothing was stored. */
function knownRefused({ code }: AlienError): boolean {
  return code !== "ABORTED" && code !== "DRIVER_FAILED";
}

function noAnswer({ id }: Outgoing): SendResult {
  return {
    ok: false,
    error: new AlienError("DRIVER_FAILED", `the driver gave no answer for ${id}`),
  };
}
