import { createTestQueues } from "@alienplatform/testing";
import { guarded, guardedStack, TOKEN } from "../../packages/api/test/guarded.ts";
import { Chance } from "../simulation/chance.ts";
import type { Row } from "./budget.ts";
import type { ServedDev } from "./served-dev.ts";

/** Receipts of one request, as the API takes them. */
const AT_ONCE = 100;
const PLAIN = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

/** S9: receipts that are nearly one that is good, or of its kind, from a process that has the token. */
export async function receiptGuesses(
  { url, token }: ServedDev,
  count: number,
  seed: number,
): Promise<Row> {
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const answer = await fetch(`${url}/queues/tasks/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as T; // what the route answers
  };
  const chance = new Chance(seed);
  await post("messages", { payload: 1 });
  const { messages } = await post<{ messages: { receiptHandle: string }[] }>("receive", {
    lease: "6h",
  });
  const receipt = messages[0]?.receiptHandle ?? "";
  const violations: string[] = [];
  const verbs = ["ack", "nack", "dead-letter"] as const;
  for (let done = 0; done < count; done += AT_ONCE) {
    const receiptHandles = Array.from({ length: AT_ONCE }, () => nearly(receipt, chance));
    const verb = verbs[(done / AT_ONCE) % verbs.length];
    const { results } = await post<{ results: { error?: unknown }[] }>(`${verb}`, {
      receiptHandles,
      ...(verb === "dead-letter" ? { reason: "guessed" } : {}),
    });
    const taken = results.findIndex(({ error }) => error === undefined);
    if (taken >= 0) violations.push(`${verb} took ${receiptHandles[taken]} for ${receipt}`);
    if (results.length !== AT_ONCE) violations.push(`${verb} answered ${results.length} results`);
  }
  const { results } = await post<{ results: { error?: unknown }[] }>("ack", {
    receiptHandles: [receipt],
  });
  if (results[0]?.error !== undefined) violations.push("the good one is refused afterwards");
  const done = `${count} forged receipts, the good one of ${receipt.length} characters taken afterwards`;
  return { area: "S9 receipts are not guessed", done, violations };
}

/** The same of the token that changes need, in this process: half are nearly the good one. */
export async function tokenGuesses(count: number, seed: number): Promise<Row> {
  const queues = await createTestQueues(guardedStack);
  const ask = guarded(queues);
  const chance = new Chance(seed);
  const violations: string[] = [];
  try {
    for (let done = 0; done < count; done++) {
      const guess = nearly(TOKEN, chance);
      const headers =
        done % 5 === 0
          ? { "x-alien-token": guess, cookie: `alien-token=${guess}` }
          : { authorization: `Bearer ${guess}` };
      const { status } = await ask("POST", "/queues/tasks/messages", { payload: 1 }, headers);
      if (status !== 401) violations.push(`${guess}: ${status}`);
    }
    const { ready } = await queues.operate("tasks").stats();
    if (ready > 0) violations.push(`${ready} messages were sent`);
  } finally {
    await queues.close();
  }
  return { area: "S9 tokens are not guessed", done: `${count} guesses, all 401`, violations };
}

/** Another text: one character or two changed, cut, lengthened, or all of them drawn anew. Never the same. */
function nearly(good: string, chance: Chance): string {
  const at = chance.int(0, good.length - 1);
  const other = () => PLAIN[chance.int(0, PLAIN.length - 1)] ?? "0";
  const changed = [
    () => good.slice(0, at) + other() + good.slice(at + 1),
    () => good.slice(0, at) + other() + other() + good.slice(at + 2),
    () => good.slice(0, at + 1) + other() + good.slice(at + 1),
    () => good.slice(0, at) || other(),
    () => good + other(),
    () => [...good].map((each) => (/\w/.test(each) ? other() : each)).join(""),
  ];
  const guess = (chance.any(changed) ?? other)();
  return guess === good ? `${guess}0` : guess;
}
