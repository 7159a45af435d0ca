import type { Outcome } from "@alienplatform/bindings";
import { fc } from "../../../test/property.ts";
import type { ModelKey } from "./engine-model.ts";

/** What is done to a queue and its model. */
export type Step =
  | {
      readonly do: "send";
      readonly count: number;
      readonly delayMs: number;
      readonly priority: number;
      readonly keys: readonly (string | undefined)[];
      readonly groups: number;
      readonly slots: readonly (ModelKey | undefined)[];
    }
  | { readonly do: "take"; readonly max: number; readonly session: number }
  | {
      readonly do: "settle";
      readonly which: number;
      readonly kind: Outcome["kind"];
      readonly delayMs: number;
    }
  | { readonly do: "extend"; readonly which: number }
  | { readonly do: "advance"; readonly byMs: number }
  | { readonly do: "purge" }
  | { readonly do: "redrive" | "discard" | "expedite"; readonly which: number }
  | { readonly do: "endSession"; readonly session: number }
  | { readonly do: "reopen" | "crash" };

const which = fc.nat({ max: 1000 });
const delayMs = fc.constantFrom(0, 0, 500, 5_000, 40_000);
/** Few keys, with limits that differ also within one. */
const slot = fc.option(
  fc.record({ key: fc.constantFrom("x", "y", '"z'), limit: fc.integer({ min: 1, max: 3 }) }),
  { nil: undefined },
);
/** Any of them, the likelier the more there is to find. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      count: fc.integer({ min: 1, max: 12 }),
      delayMs,
      priority: fc.constantFrom(0, 0, 0, 3),
      // Few, so that they meet: within a batch, after a reopening, after a day.
      keys: fc.array(fc.constantFrom(undefined, "a", "b", "c"), { maxLength: 12 }),
      groups: fc.integer({ min: 1, max: 5 }),
      slots: fc.array(slot, { maxLength: 12 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("take" as const),
      max: fc.integer({ min: 1, max: 15 }),
      session: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which,
      kind: fc.constantFrom<Outcome["kind"]>("ack", "ack", "release", "retry", "deadLetter"),
      delayMs,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("extend" as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("advance" as const),
      byMs: fc.constantFrom(10, 600, 4_000, 11_000, 46_800_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("redrive" as const, "discard" as const), which }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("expedite" as const), which }),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.record({ do: fc.constant("purge" as const) }),
      fc.record({ do: fc.constant("endSession" as const), session: fc.nat({ max: 1 }) }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("reopen" as const, "crash" as const) }),
  },
);
