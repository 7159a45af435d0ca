import type { AlienError } from "@alienplatform/core";
import { thrownError, toAlienError } from "../errors.ts";

/** What SQS answers to a batch: two lists, in any order, by the entries' ids. */
export interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?:
    | readonly {
        readonly Id?: string | undefined;
        readonly Code?: string | undefined;
        readonly Message?: string | undefined;
        readonly SenderFault?: boolean | undefined;
      }[]
    | undefined;
}

/** An entry's own answer: undefined where it succeeded. */
export type EntryError = AlienError | undefined;

/**
 * Calls SQS with one batch whose ids are the places of its entries; answers what became of each, in their order. What
 * is thrown is an error of each.
 */
export async function callBatch(
  doing: string,
  count: number,
  call: () => Promise<BatchAnswer>,
): Promise<readonly EntryError[]> {
  let answer: BatchAnswer;
  try {
    answer = await call();
  } catch (thrown) {
    const error = thrownError(doing, thrown);
    return Array.from({ length: count }, () => error);
  }
  const answered = new Map<number, EntryError>();
  for (const { Id } of answer.Successful ?? []) answered.set(Number(Id), undefined);
  for (const { Id, Code = "Error", Message, SenderFault } of answer.Failed ?? []) {
    const fault = { name: Code, message: Message, senderFault: SenderFault };
    answered.set(Number(Id), toAlienError(doing, fault));
  }
  return Array.from({ length: count }, (_, index) =>
    answered.has(index)
      ? answered.get(index)
      : toAlienError(doing, { name: "Unanswered", senderFault: false }),
  );
}
