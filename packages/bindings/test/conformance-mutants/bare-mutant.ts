import type { OpenWorld } from "../../conformance/index.ts";
import type { Delivery, Outgoing, Receiver, SendResult } from "../../src/queue/driver.ts";
import { VirtualClock } from "../../src/virtual-clock.ts";
import { BareDriver, type BareDriverOptions } from "../conformance-bare/bare-driver.ts";
import type { BareOperator } from "../conformance-bare/bare-operator.ts";
import { type BareWorldOptions, bareWorld } from "../conformance-bare/bare-world.ts";

/** A plain service that is used wrongly, or a portable layer that is, and the case that must find it. */
export interface BareMutant {
  readonly does: string;
  readonly caughtBy: string;
  readonly open: OpenWorld;
}

/** A mutant whose fault is in the driver of each of the service's queues. */
export function faulty(
  does: string,
  caughtBy: string,
  Driver: new (options: BareDriverOptions) => BareDriver,
  options: BareWorldOptions = {},
): BareMutant {
  return inWorld(does, caughtBy, { ...options, makeDriver: (given) => new Driver(given) });
}

/** A mutant that does something to what is sent a second time. */
export function copying(
  does: string,
  caughtBy: string,
  change: (message: Outgoing) => Outgoing,
): BareMutant {
  return faulty(
    does,
    caughtBy,
    class extends BareDriver {
      override send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
        return super.send(messages.map((one) => (one.copy === undefined ? one : change(one))));
      }
    },
  );
}

/** A mutant whose fault is in the operator. */
export function operating(
  does: string,
  caughtBy: string,
  Operator: typeof BareOperator,
): BareMutant {
  return inWorld(does, caughtBy, { makeOperator: (...made) => new Operator(...made) });
}

function inWorld(does: string, caughtBy: string, options: BareWorldOptions): BareMutant {
  const open: OpenWorld = (declared) => {
    const clock = Object.assign(new VirtualClock(), { patienceMs: 0 });
    return bareWorld({ ...options, clock })(declared);
  };
  return { does, caughtBy, open };
}

/** The receiver with something done to what it takes. */
export function taking(receiver: Receiver, change: (delivery: Delivery) => Delivery): Receiver {
  const take: Receiver["take"] = async (...how) => (await receiver.take(...how)).map(change);
  return { ...receiver, take };
}
