import type { Clock, QueueBinding } from "@alienplatform/bindings";
import { keptOperator, type PlatformOperate } from "@alienplatform/bindings/operate";
import { type QueueAddress, readAddress } from "./address.ts";
import { httpCapabilities, workerCapabilities } from "./capabilities.ts";
import { DeliveryPause } from "./queue/delivery-pause.ts";
import { HttpOperator } from "./queue/http-operator.ts";
import { linksOf } from "./queue/links.ts";
import { WorkerOperator } from "./queue/worker-operator.ts";
import { stateTableOf } from "./table/state-table-of.ts";

/** Cloudflare Queues: over HTTP all that it offers, in a Worker what a binding tells. */
export const operate: PlatformOperate = {
  platform: "cloudflare",
  queue(binding: QueueBinding, clock: Clock) {
    const address = readAddress(binding);
    const links = linksOf(address);
    const { queue, options } = binding;
    const operator =
      links.kind === "http"
        ? new HttpOperator({ queue, options, links, clock, ...pauseOf(queue, address) })
        : new WorkerOperator({ queue, options, links, clock });
    const capabilities = links.kind === "http" ? httpCapabilities : workerCapabilities;
    const given = { queue, options, clock, capabilities };
    return keptOperator(operator, stateTableOf(binding, clock), given);
  },
};

/** Of what deploy has made; a binding by hand names no Worker. */
function pauseOf(queue: string, address: QueueAddress): { readonly delivery?: DeliveryPause } {
  if (address.kind !== "http" || address.consumer === undefined) return {};
  const { queue: queueId, consumer, account, endpoint } = address;
  const where = { queue, queueId, consumer, account };
  return {
    delivery: new DeliveryPause({ ...where, ...(endpoint === undefined ? {} : { endpoint }) }),
  };
}
