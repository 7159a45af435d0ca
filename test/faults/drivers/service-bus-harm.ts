import type { Message } from "rhea";
import { AmqpFailure, toAmqpError } from "../../../packages/azure/test/wire/encoding.ts";
import type { WireServer } from "../../../packages/azure/test/wire/server.ts";
import type { WireLink } from "../../../packages/azure/test/wire/wire-link.ts";
import type { WireQueue } from "../../../packages/azure/test/wire/wire-queue.ts";
import { monotonic } from "../history.ts";
import type { Fault, FaultPlan, Operation } from "./fault-plan.ts";
import type { Witness } from "./witness.ts";

/** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-troubleshoot */
const busy = () => new AmqpFailure("com.microsoft:server-busy", "as the campaign wants it");
const timeout = () => new AmqpFailure("com.microsoft:timeout", "as the campaign wants it");
const detached = () => new AmqpFailure("amqp:link:detach-forced", "as the campaign wants it");

/** How long an answer may be on its way, on a machine that is busy. */
const READ_MS = 1_000;

/**
 * Does to the messages and outcomes of a queue what the plan says, where the server carries them out: a frame of AMQP
 * is nothing that a proxy could leave out.
 */
export function harmQueue(
  queue: WireQueue,
  server: WireServer,
  plan: FaultPlan,
  witness: Witness,
): void {
  const stored = new Set<string>();
  /** Stored, and not yet known to be: who sent them may send them once more. */
  const unanswered = (): readonly string[] => {
    for (const event of witness.history) if (event.kind === "send-ok") stored.delete(event.id);
    return [...stored];
  };
  let lastCutAt = Number.NEGATIVE_INFINITY;
  const cut = () => {
    lastCutAt = monotonic();
    for (const operation of ["send", "receive", "settle"] as const) {
      witness.meets(operation, "cut after")();
    }
    witness.twice(unanswered());
    for (const link of queue.links) losing(link);
    server.disconnect();
  };
  // Without its link a session is free at once, and what it has on loan is not counted:
  // https://learn.microsoft.com/azure/service-bus-messaging/message-sessions#impact-of-delivery-count
  const losing = (link: WireLink) => {
    if (link.sessionId === undefined) return;
    witness.twice([...link.lent.values()].map(({ entry }) => idOf(entry.message)));
  };
  const harm = (operation: Operation, fault: Fault | undefined, carryOut: () => void): void => {
    if (fault !== undefined) witness.meets(operation, fault)();
    const before = fault === "throttle" || fault === "unavailable" || fault === "cut before";
    if (!before) carryOut();
    if (fault === "cut before" || fault === "cut after") cut();
    if (fault === "throttle") throw busy();
    if (before || fault === "unavailable after") throw timeout();
  };

  const enqueue = queue.enqueue.bind(queue);
  queue.enqueue = (message) => {
    const { fault } = plan.next("send");
    const id = idOf(message);
    let place = 0;
    try {
      harm("send", fault, () => {
        place = enqueue(message);
        stored.add(id);
        // What is still read of a connection that was cut.
        if (monotonic() < lastCutAt + READ_MS) witness.twice([id]);
      });
    } catch (failure) {
      // Of a batch that is refused now, the messages before this one are there.
      witness.twice(unanswered());
      throw failure;
    }
    return place;
  };

  const settle = queue.settle.bind(queue);
  queue.settle = (link, delivery, disposition) => {
    const { fault } = plan.next("settle");
    harm("settle", fault, () => settle(link, delivery, disposition));
    if (fault !== "detach") return;
    losing(link);
    // What was handed to the link in this turn goes first: behind its end the client would take it for a broken wire.
    setImmediate(() => link.close(toAmqpError(detached())));
  };

  const settleByToken = queue.settleByToken.bind(queue);
  queue.settleByToken = (token, disposition) => {
    const { fault } = plan.next("settle");
    harm("settle", fault, () => settleByToken(token, disposition));
  };

  const seen = new WeakSet<WireLink>();
  const see = (link: WireLink): void => {
    if (seen.has(link)) return;
    seen.add(link);
    const send = link.send.bind(link);
    link.send = (message, tag) => {
      witness.given([idOf(message)]);
      return send(message, tag);
    };
  };
  const add = queue.links.add.bind(queue.links);
  queue.links.add = (link) => {
    see(link);
    return add(link);
  };
}

/** The id in a message's envelope. */
function idOf({ application_properties: properties }: Message): string {
  // What the driver wrote.
  const envelope = JSON.parse(String(properties?.alien)) as { readonly id: string };
  return envelope.id;
}
