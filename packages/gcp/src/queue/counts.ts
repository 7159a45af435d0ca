import { clientSettings } from "../client-settings.ts";
import { type Metric, newestOf } from "../control/backlog.ts";
import { deployError } from "../deploy-errors.ts";
import { GoogleClient } from "../google-client.ts";
import type { PubSubQueue } from "./pubsub-queue.ts";

/** What Cloud Monitoring counts of a subscription, some minutes late. */
export interface Counts {
  /** Those on loan included. */
  readonly undelivered: number;
  readonly onLoan: number;
  readonly oldestAgeMs: number;
}

/** Asks Cloud Monitoring; 0 where it has no count yet. https://cloud.google.com/pubsub/docs/monitoring#monitoring_the_backlog */
export async function countsOf(
  { name, subscription }: Pick<PubSubQueue, "name" | "subscription">,
  now: number,
): Promise<Counts> {
  const google = new GoogleClient(clientSettings({ environment: process.env }));
  const [, project = "", , id = ""] = subscription.split("/");
  const signal = new AbortController().signal;
  const ask = async (metric: Metric) =>
    (await newestOf(google, { project, subscription: id, metric, now, signal })) ?? 0;
  try {
    const [undelivered, onLoan, age] = await Promise.all([
      ask("num_undelivered_messages"),
      ask("num_outstanding_messages"),
      ask("oldest_unacked_message_age"),
    ]);
    return { undelivered, onLoan: Math.min(onLoan, undelivered), oldestAgeMs: age * 1_000 };
  } catch (thrown) {
    throw deployError(thrown, `counting queue "${name}"`);
  }
}
