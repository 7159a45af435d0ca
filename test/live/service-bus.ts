import { operate } from "@alienplatform/azure/operate";
import { runtime } from "@alienplatform/azure/runtime";
import { DefaultAzureCredential } from "@azure/identity";
import { ServiceBusAdministrationClient } from "@azure/service-bus";
import { exceptions } from "../../packages/azure/test/exceptions.ts";
import { type Account, unset, type Vendor } from "./account.ts";
import { openPlainWorld, type PlainPlatform } from "./plain-world.ts";

const CONNECTION_STRING = "AZURE_SERVICEBUS_CONNECTION_STRING";
const NAMESPACE = "AZURE_SERVICEBUS_NAMESPACE";

/** "From 5 seconds to 5 minutes": https://learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement */
const LOCK_SECONDS = { min: 5, max: 300 };
/** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas */
const MOST_DELIVERIES = 2_000;

/** Service Bus, by a connection string that may manage, or by DefaultAzureCredential of a Data Owner. */
export const serviceBus: Vendor = {
  name: "Service Bus",
  except: exceptions,

  missing: (environment) =>
    environment[CONNECTION_STRING] ? undefined : unset(environment, NAMESPACE),

  open(environment, prefix): Account {
    const secret = environment[CONNECTION_STRING];
    const namespace = secret ? hostOf(secret) : String(environment[NAMESPACE]);
    const admin = secret
      ? new ServiceBusAdministrationClient(secret)
      : new ServiceBusAdministrationClient(namespace, new DefaultAzureCredential());
    const names = async (start: string) => {
      const found: string[] = [];
      for await (const { name } of admin.listQueues()) if (name.startsWith(start)) found.push(name);
      return found;
    };
    const remove = async (name: string) => {
      if (await admin.queueExists(name)) await admin.deleteQueue(name);
    };
    const make: PlainPlatform["make"] = async (queue, options, deadLetters) => {
      const deadQueue = deadLetters ?? `${queue}-dead`;
      const { min, max } = LOCK_SECONDS;
      const lock = Math.min(max, Math.max(min, Math.ceil(options.leaseMs / 1_000)));
      const common = { lockDuration: `PT${lock}S`, maxDeliveryCount: MOST_DELIVERIES };
      if (deadLetters === undefined) await admin.createQueue(deadQueue, common);
      await admin.createQueue(queue, {
        ...common,
        requiresSession: options.fifo !== undefined,
        defaultMessageTimeToLive: `PT${Math.ceil(options.retentionMs / 1_000)}S`,
        forwardDeadLetteredMessagesTo: deadQueue,
      });
      return {
        ...{ namespace, queue, deadQueue },
        ...(secret ? { connectionStringFrom: CONNECTION_STRING } : {}),
      };
    };
    const removeBoth = async (name: string) => {
      await remove(name);
      await remove(`${name}-dead`);
    };
    const platform = { runtime, operate, make, remove: removeBoth };
    return {
      world: (options, clock) => openPlainWorld(platform, prefix, options, clock),
      make: async (options) => ({
        platform: "azure",
        address: await make(`${prefix}job`, options),
      }),
      names,
      remove,
      close: async () => undefined,
    };
  },
};

/** The namespace that a connection string is of; the string itself is a secret and goes no further. */
function hostOf(connectionString: string): string {
  const [, host] = /Endpoint=sb:\/\/([^/;]+)/i.exec(connectionString) ?? [];
  if (host === undefined) throw new Error(`${CONNECTION_STRING} names no endpoint`);
  return host;
}
