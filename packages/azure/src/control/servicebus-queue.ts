import type { AzurePlace } from "../azure-place.ts";
import type { ServiceBusQueueConfig } from "../part-configs.ts";
import { namespaceId, queueId } from "../resource-ids.ts";
import type { Arm } from "./arm.ts";
import { ArmController } from "./arm-controller.ts";
import { isoDuration, secondsOf } from "./iso-duration.ts";
import { parentOwner } from "./parent-owner.ts";
import { SERVICE_BUS_VERSION } from "./servicebus-namespace.ts";

/** Makes queues in a namespace. They bear no tags: a queue is whose its namespace is. */
export function serviceBusQueues(
  arm: Arm,
  place: AzurePlace,
): ArmController<ServiceBusQueueConfig> {
  return new ArmController(arm, {
    api: "servicebus",
    version: SERVICE_BUS_VERSION,
    idOf: (name) => queueId(place, name),
    settingsOf: ({ properties = {} }) => ({
      lockDuration: secondsOf(properties.lockDuration),
      maxDeliveryCount: Number(properties.maxDeliveryCount),
      requiresSession: properties.requiresSession === true,
      requiresDuplicateDetection: properties.requiresDuplicateDetection === true,
      defaultMessageTimeToLive: secondsOf(properties.defaultMessageTimeToLive),
      deadLetteringOnMessageExpiration: properties.deadLetteringOnMessageExpiration === true,
      maxSizeInMegabytes: Number(properties.maxSizeInMegabytes),
      ...forwarding(properties.forwardDeadLetteredMessagesTo),
    }),
    wantedSettings: (config) => config,
    bodyOf: ({ lockDuration, defaultMessageTimeToLive, ...rest }) => ({
      properties: {
        ...rest,
        lockDuration: isoDuration(lockDuration),
        defaultMessageTimeToLive: isoDuration(defaultMessageTimeToLive),
      },
    }),
    attributesOf: ({ name }) => ({ name: name?.split("/").at(-1) ?? "" }),
    replaces: {
      requiresSession: "Service Bus decides on sessions when it makes a queue",
      requiresDuplicateDetection: "Service Bus decides on it when it makes a queue",
    },
    owner: parentOwner(
      arm,
      ({ name }) => queueId(place, name),
      ({ name }) => namespaceId(place, name.split("/")[0] ?? ""),
      SERVICE_BUS_VERSION,
    ),
    async holds({ properties = {} }) {
      const count = Number(properties.messageCount ?? 0);
      if (count === 0) return undefined;
      return count === 1 ? "1 message" : `${count.toLocaleString("en-US")} messages`;
    },
  });
}

/** Service Bus answers the whole address of the queue, or its name as it was given. */
function forwarding(to: unknown): { readonly forwardDeadLetteredMessagesTo?: string } {
  if (typeof to !== "string" || to === "") return {};
  return { forwardDeadLetteredMessagesTo: to.slice(to.lastIndexOf("/") + 1) };
}
