import { realTimeClock } from "@alienplatform/bindings/conformance";
import { SQSClient } from "@aws-sdk/client-sqs";
import { openSqsWorld } from "../../../packages/aws/test/sqs-world.ts";
import { type Fault, FaultPlan } from "./fault-plan.ts";
import type { Service } from "./faulty-world.ts";
import { HttpProxy } from "./http-proxy.ts";
import { sqsProtocol } from "./sqs-protocol.ts";

const able: readonly [Fault, ...Fault[]] = [
  "throttle",
  "unavailable",
  "cut before",
  "cut after",
  "unavailable after",
  "partial",
  "expired",
  "slow",
  "again",
];

/** An SQS that runs. */
export interface SqsServiceOptions {
  readonly endpoint: string;
  readonly region: string;
  /** Whether it keeps the order of a group through faults, as SQS does. */
  readonly keepsGroups: boolean;
  stop(): Promise<void>;
}

/** SQS as an emulator has it; every third seed is a FIFO queue where the emulator has those right. */
export function sqsService(name: string, given: SqsServiceOptions): Service {
  const { endpoint, region, keepsGroups, stop } = given;
  const admin = new SQSClient({ region, endpoint, maxAttempts: 1 });
  return {
    name,
    open: async (seed, declared, witness) => {
      const fifo = keepsGroups && seed % 3 === 0;
      const options = fifo ? { ...declared, fifo: {} } : declared;
      const plan = new FaultPlan(seed, able);
      const proxy = new HttpProxy(endpoint, sqsProtocol(fifo), plan, witness);
      const world = await openSqsWorld({
        endpoint: await proxy.listen(),
        region,
        clock: realTimeClock(),
        options,
        admin,
        waitMs: 0,
      });
      return {
        world,
        plan,
        quietMs: options.leaseMs + 2_500,
        // SQS counts in seconds.
        toleranceMs: 1_000,
        close: async () => {
          await world.close();
          await proxy.close();
        },
      };
    },
    close: async () => {
      admin.destroy();
      await stop();
    },
  };
}
