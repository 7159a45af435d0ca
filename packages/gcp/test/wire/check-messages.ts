import { Refusal } from "./refusal.ts";
import type { PubsubMessage } from "./stored-message.ts";

/** Refuses what Google refuses of a publish request; https://cloud.google.com/pubsub/quotas#resource_limits */
export function checkMessages(messages: readonly PubsubMessage[]): void {
  if (messages.length === 0 || messages.length > 1_000) {
    throw Refusal.invalid(
      `The value for message_count is ${messages.length}; 1 to 1000 are allowed.`,
    );
  }
  const keys = new Set(messages.map(({ orderingKey }) => orderingKey ?? ""));
  if (keys.size > 1) {
    throw Refusal.invalid(
      "In a single publish request all messages must have the same ordering key.",
    );
  }
  let total = 0;
  for (const { data, attributes, orderingKey } of messages) {
    const entries = Object.entries(attributes ?? {});
    total += (data?.length ?? 0) + Buffer.byteLength(orderingKey ?? "");
    if ((data?.length ?? 0) === 0 && entries.length === 0) {
      throw Refusal.invalid("Some messages are empty: they need data or an attribute.");
    }
    if (entries.length > 100) throw Refusal.invalid("A message has more than 100 attributes.");
    if (Buffer.byteLength(orderingKey ?? "") > 1_024) {
      throw Refusal.invalid("An ordering key is longer than 1024 bytes.");
    }
    for (const [key, value] of entries) {
      total += Buffer.byteLength(key) + Buffer.byteLength(value);
      if (key === "" || Buffer.byteLength(key) > 256 || /^goog/i.test(key)) {
        throw Refusal.invalid("An attribute key is empty, too long or reserved.");
      }
      if (Buffer.byteLength(value) > 1_024) {
        throw Refusal.invalid(`The value of attribute "${key}" is longer than 1024 bytes.`);
      }
    }
  }
  if (total > 10_000_000) {
    throw Refusal.invalid("Request payload size exceeds the limit: 10000000 bytes.");
  }
}
