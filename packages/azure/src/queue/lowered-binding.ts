import { declaredBinding } from "@alienplatform/bindings/declared";
import type { QueueResource } from "@alienplatform/core";
import { type Json, ref } from "@alienplatform/deploy";
import type { AzureStack } from "../azure-place.ts";
import { appName } from "../names.ts";
import { appId } from "../resource-ids.ts";
import { NAMESPACE } from "../stage-parts.ts";
import { tableAddress } from "../table/parts.ts";
import { deadLettersPartId, queuePartId } from "./parts.ts";

/** What ALIEN_<ID>_BINDING holds for a queue, with references to what Service Bus calls it. */
export function loweredBinding(
  queue: QueueResource,
  stack: AzureStack,
): { readonly [key: string]: Json } {
  const consumer = stack.consumerOf(queue.id);
  return declaredBinding(queue, "azure", {
    namespace: ref(NAMESPACE, "host"),
    queue: ref(queuePartId(queue.id), "name"),
    deadQueue: ref(deadLettersPartId(queue), "name"),
    table: tableAddress,
    ...(consumer === undefined
      ? {}
      : { consumer: appId(stack.place, appName(stack.place, consumer.id)) }),
  });
}
