import type { PartContext } from "@alienplatform/deploy";
import type { GoogleClient } from "../google-client.ts";

/** Of a subscription, each written once a minute; https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-pubsub */
export type Metric =
  | "num_undelivered_messages"
  | "num_outstanding_messages"
  | "oldest_unacked_message_age";

/** They are seen up to four minutes later. */
const LOOK_BACK_MS = 10 * 60_000;

export interface Asked {
  readonly project: string;
  /** Its id, not its path. */
  readonly subscription: string;
  readonly metric: Metric;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list */
interface Answer {
  readonly timeSeries?: readonly {
    readonly points?: readonly { readonly value?: { readonly int64Value?: string } }[];
  }[];
}

/** The newest that Cloud Monitoring has of it; undefined where it has none yet, or none any more, which is no zero. */
export async function newestOf(
  google: GoogleClient,
  { project, subscription, metric, now, signal }: Asked,
): Promise<number | undefined> {
  const { timeSeries = [] } = await google.call<Answer>("monitoring", {
    verb: "GET",
    path: `v3/projects/${project}/timeSeries`,
    query: {
      filter: `metric.type = "pubsub.googleapis.com/subscription/${metric}" AND resource.labels.subscription_id = "${subscription}"`,
      "interval.startTime": new Date(now - LOOK_BACK_MS).toISOString(),
      "interval.endTime": new Date(now).toISOString(),
      view: "FULL",
    },
    signal,
  });
  // The newest point comes first, and there may be a series for each kind of delivery.
  const counts = timeSeries.flatMap(({ points: [newest] = [] }) => newest?.value?.int64Value ?? []);
  return counts.length === 0 ? undefined : counts.reduce((sum, each) => sum + Number(each), 0);
}

/**
 * What would be lost with a subscription. Pub/Sub itself tells no number, and what Cloud Monitoring tells is minutes old:
 * what was sent a moment ago is not seen. Where it tells nothing, as of a subscription of the last minutes, nobody knows.
 */
export async function undelivered(
  google: GoogleClient,
  project: string,
  { name: subscription, clock, signal }: Pick<PartContext<unknown>, "name" | "clock" | "signal">,
): Promise<string | undefined> {
  const metric = "num_undelivered_messages";
  const now = clock.now();
  const count = await newestOf(google, { project, subscription, metric, now, signal });
  if (count === undefined) return "an unknown number of messages";
  if (count === 0) return undefined;
  return count === 1 ? "about 1 message" : `about ${count.toLocaleString("en-US")} messages`;
}
