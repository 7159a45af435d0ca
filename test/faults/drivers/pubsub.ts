import { realTimeClock } from "@alienplatform/bindings/conformance";
import { PubSubAdmin } from "../../../packages/gcp/test/wire/pubsub-admin.ts";
import { openPubSubWorld } from "../../../packages/gcp/test/wire/pubsub-world.ts";
import { type Fault, FaultPlan } from "./fault-plan.ts";
import type { Service } from "./faulty-world.ts";
import { PubSubProxy } from "./pubsub-proxy.ts";

const able: readonly [Fault, ...Fault[]] = [
  "throttle",
  "unavailable",
  "cut before",
  "cut after",
  "unavailable after",
  "slow",
  "again",
];
/** With ordering keys Pub/Sub gives nothing out of order. */
const [first, ...others] = able;
const inOrder: typeof able = [first, ...others.filter((fault) => fault !== "again")];

/** A Pub/Sub that runs. */
export interface PubSubServiceOptions {
  /** "127.0.0.1:port". */
  readonly host: string;
  /** Whether it keeps the order of a group through faults, as Pub/Sub does. */
  readonly keepsGroups: boolean;
  stop(): Promise<void>;
}

/** Pub/Sub as a server has it; every third seed is a FIFO queue where the server has those right. */
export function pubsubService(name: string, given: PubSubServiceOptions): Service {
  const { host, keepsGroups, stop } = given;
  return {
    name,
    open: async (seed, declared, witness) => {
      const fifo = keepsGroups && seed % 3 === 0;
      const options = fifo ? { ...declared, fifo: {} } : declared;
      const plan = new FaultPlan(seed, fifo ? inOrder : able);
      const proxy = new PubSubProxy(host, plan, witness);
      const admin = new PubSubAdmin(await proxy.listen());
      const world = await openPubSubWorld({
        admin,
        clock: realTimeClock(),
        options,
        waitMs: 2_000,
      });
      return {
        world,
        plan,
        // Where the lease that was asked for could not be given it is the subscription's own, 10 s at least.
        quietMs: 13_000,
        toleranceMs: 1_000,
        close: async () => {
          await world.close();
          await admin.close();
          await proxy.close();
        },
      };
    },
    close: stop,
  };
}
