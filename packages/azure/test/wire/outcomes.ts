import rhea, { type Delivery } from "rhea";
import { toAmqpError, type WireError } from "./encoding.ts";
import type { Disposition } from "./wire-queue.ts";

/** What a receiver can say of a delivery, by AMQP's names, which are those of rhea's events. */
export const outcomes = ["accepted", "released", "modified", "rejected"] as const;

export type Outcome = (typeof outcomes)[number];

/** What a receiver wants of a message. */
export function dispositionOf(outcome: Outcome, { remote_state: state }: Delivery): Disposition {
  switch (outcome) {
    case "accepted":
      return { kind: "complete" };
    case "released":
      return { kind: "abandon" };
    case "modified":
      return { kind: "abandon", properties: state?.message_annotations };
    case "rejected":
      return { kind: "dead", properties: state?.error?.info ?? {} };
  }
}

/** rhea's types leave the constructors of outcomes out. */
const states = rhea.message as unknown as Readonly<
  Record<Outcome, (fields: { readonly error?: WireError }) => { described(): unknown }>
>;

/** Service Bus answers a disposition with the outcome that it was asked for. */
export function described(outcome: Outcome): unknown {
  return states[outcome]({}).described();
}

/** Why a disposition could not be carried out, which is a rejection with an error; undefined where it was. */
export function attempt(settle: () => void): unknown {
  try {
    settle();
    return undefined;
  } catch (error) {
    return states.rejected({ error: toAmqpError(error) }).described();
  }
}
