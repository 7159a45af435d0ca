import type { PubSubMirror } from "../../../../packages/gcp/test/google/pubsub-service.ts";
import type { Stored } from "../../../../packages/gcp/test/google/world.ts";

/** What Google's emulator refuses: it keeps messages for a week, and changes few settings. */
const LONGEST = "604800s";
const CHANGED = ["pushConfig", "ackDeadlineSeconds", "retryPolicy", "deadLetterPolicy"];

/**
 * Makes in Google's emulator what the tests' Google was asked for, so far as the emulator knows it: labels, policies,
 * expiration and longer retention are kept beside it. Messages are pushed to `relay`, and not to the functions' own URLs.
 */
export function mirrorTo(emulator: string, relay: (subscription: string) => string): PubSubMirror {
  const call = async (verb: string, path: string, body?: unknown): Promise<void> => {
    const response = await fetch(`http://${emulator}/v1/${path}`, {
      method: verb,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the emulator: ${verb} ${path}: ${await response.text()}`);
  };
  const known = ({ name, pushConfig, ...subscription }: Stored) => {
    // As the request had it.
    const { pushEndpoint } = (pushConfig ?? {}) as { readonly pushEndpoint?: string };
    const { topic, ackDeadlineSeconds, enableMessageOrdering, retryPolicy, deadLetterPolicy } =
      subscription;
    const seconds = Math.min(
      Number.parseFloat(String(subscription.messageRetentionDuration)),
      Number.parseFloat(LONGEST),
    );
    return {
      name,
      topic,
      ackDeadlineSeconds,
      enableMessageOrdering,
      retryPolicy,
      deadLetterPolicy,
      messageRetentionDuration: `${seconds}s`,
      pushConfig:
        pushEndpoint === undefined || pushEndpoint === ""
          ? {}
          : { pushEndpoint: relay(String(name)) },
    };
  };
  return {
    topicMade: ({ name }) => call("PUT", String(name), {}),
    topicDeleted: (path) => call("DELETE", path),
    subscriptionMade: (subscription) => {
      const { name, ...body } = known(subscription);
      return call("PUT", String(name), body);
    },
    async subscriptionChanged(subscription, mask) {
      const updateMask = CHANGED.filter((field) => mask.some((path) => path.startsWith(field)));
      if (updateMask.length === 0) return;
      const body = { subscription: known(subscription), updateMask: updateMask.join(",") };
      await call("PATCH", String(subscription.name), body);
    },
    subscriptionDeleted: (path) => call("DELETE", path),
  };
}
