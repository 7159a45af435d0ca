import type { Clock } from "../clock.ts";
import type { AroundPushed, Delivery, Settlement } from "../queue/driver.ts";
import type { Admission, KeptDeliveries } from "./kept-deliveries.ts";

/**
 * Stands around each batch that the platform pushes. What the table does not answer for is put off: nothing is
 * handled that could not be counted or written down.
 */
export function keptPush(
  deliveries: KeptDeliveries,
  { clock, leaseMs }: { readonly clock: Clock; readonly leaseMs: number },
): AroundPushed {
  return async (batch, loan, { run, onError }) => {
    const leaseEnd = loan.deadline ?? clock.now() + leaseMs;
    const admitted: readonly (Admission | undefined)[] = await deliveries
      .admit(batch, ({ leaseUntil = leaseEnd }) => leaseUntil)
      .catch((error: unknown) => {
        onError(error);
        return batch.map(() => undefined);
      });
    const { extend } = loan;
    const handed = admitted.flatMap((one) => (one && "handed" in one ? [one.handed] : []));
    const extending = extend && {
      extend: async (delivery: Delivery, forMs: number) => {
        await extend(delivery, forMs);
        await deliveries.extended([delivery], clock.now() + forMs);
      },
    };
    const ran = handed.length === 0 ? [] : await run(handed, { ...loan, ...extending });
    const errors = await deliveries.ending(ran);
    await deliveries.ended(ran.map(({ delivery }) => delivery));
    for (const error of errors) if (error !== undefined) onError(error);
    const written = ran
      .map((one, index) => (errors[index] === undefined ? one : undefined))
      .values();
    const settlements = admitted.map((one) => {
      if (one === undefined) return undefined;
      return "decided" in one ? one.decided : written.next().value;
    });
    // As the service counts them: what was put off before is known by that.
    const off = batch.filter((_, index) => settlements[index] === undefined);
    const back = (off.length === 0 ? [] : await deliveries.putOff(off)).values();
    return batch.map((delivery, index): Settlement => {
      return settlements[index] ?? back.next().value ?? { delivery, outcome: { kind: "release" } };
    });
  };
}
