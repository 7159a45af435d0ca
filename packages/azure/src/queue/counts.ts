import { ServiceBusAdministrationClient } from "@azure/service-bus";
import type { ServiceBusConnection } from "../client.ts";
import { translate } from "../errors.ts";
import type { Browser } from "./browser.ts";

/** Beyond so many a count by looking would cost more than it tells. */
const MOST_LOOKED_AT = 10_000;

export interface Counts {
  /** Waiting and on loan: Service Bus does not tell them apart. */
  readonly active: number;
  readonly scheduled: number;
}

/**
 * How many messages a queue has: by Service Bus's own counts, which are at https, and want the right to manage; else
 * by looking, at 10,000 at most.
 */
export async function countsOf(
  path: string,
  connection: ServiceBusConnection,
  browser: Browser,
): Promise<Counts> {
  const admin = await administrationOf(connection);
  if (admin !== undefined) {
    try {
      const counts = await admin.getQueueRuntimeProperties(path);
      return { active: counts.activeMessageCount, scheduled: counts.scheduledMessageCount };
    } catch (thrown) {
      if (translate(thrown, path).code !== "PERMISSION_DENIED") throw thrown;
    }
  }
  const counts = { active: 0, scheduled: 0 };
  let seen = 0;
  for await (const { state } of browser.messages()) {
    if (state === "scheduled") counts.scheduled++;
    else counts.active++;
    if (++seen === MOST_LOOKED_AT) break;
  }
  return counts;
}

const administrations = new WeakMap<
  ServiceBusConnection,
  Promise<ServiceBusAdministrationClient | undefined>
>();

/** Here, and not with the connection: it is large, and functions count nothing. */
function administrationOf(
  connection: ServiceBusConnection,
): Promise<ServiceBusAdministrationClient | undefined> {
  const known = administrations.get(connection);
  if (known !== undefined) return known;
  const opening = connection.https(ServiceBusAdministrationClient);
  administrations.set(connection, opening);
  // A failed attempt is not kept: the next call tries again.
  opening.catch(() => administrations.delete(connection));
  return opening;
}
