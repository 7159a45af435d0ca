import type { Service } from "./google-server.ts";
import { Refused } from "./refused.ts";
import type { GoogleWorld } from "./world.ts";

/** What is only read: the project, the logs, the backlog. */
export function readingService(world: GoogleWorld): Service {
  return {
    "google.cloud.resourcemanager.v3.Projects.GetProject": ({ name }) => {
      if (name !== `projects/${world.project}`) {
        throw new Refused(
          403,
          "PERMISSION_DENIED",
          `The caller does not have permission, or ${name} may not exist.`,
        );
      }
      return { name: `projects/${world.number}`, projectId: world.project, state: "ACTIVE" };
    },
    "google.logging.v2.LoggingServiceV2.ListLogEntries": ({ filter = "" }) => {
      const text = String(filter);
      const [, service] = /service_name = "([^"]*)"/.exec(text) ?? [];
      const [, since = ""] = /timestamp >= "([^"]*)"/.exec(text) ?? [];
      const [, wanted = ""] = /\(("(?:[^"\\]|\\.)*")\)$/.exec(text) ?? [];
      const holds = wanted === "" ? "" : (JSON.parse(wanted) as string);
      return {
        entries: world.logs
          .filter(
            (each) =>
              each.service === service && each.timestamp >= since && each.text.includes(holds),
          )
          .map(({ timestamp, text: textPayload }, at) => ({
            insertId: String(at),
            timestamp,
            textPayload,
          })),
      };
    },
    "google.monitoring.v3.MetricService.ListTimeSeries": async ({ filter, interval }) => {
      const [, metric] =
        /metric\.type = "pubsub\.googleapis\.com\/subscription\/(\w+)"/.exec(String(filter)) ?? [];
      const [, subscription] = /subscription_id = "([^"]*)"/.exec(String(filter)) ?? [];
      if (metric === undefined || subscription === undefined) {
        throw Refused.invalid("The filter names no metric of a subscription.");
      }
      const count = await world.backlog(subscription);
      if (count === undefined) return {};
      // As the schema has it.
      const { endTime, startTime } = (interval ?? {}) as Readonly<Record<string, string>>;
      if (endTime === undefined || startTime === undefined) {
        throw Refused.invalid("The interval has no ends.");
      }
      return {
        timeSeries: [
          {
            metric: { type: `pubsub.googleapis.com/subscription/${metric}` },
            resource: {
              type: "pubsub_subscription",
              labels: { project_id: world.project, subscription_id: subscription },
            },
            metricKind: "GAUGE",
            valueType: "INT64",
            points: pointsOf(metric === "num_undelivered_messages" ? count : 0, startTime, endTime),
          },
        ],
      };
    },
  };
}

/** One a minute, the newest first; those before it tell of another number, which nobody should take. */
function pointsOf(newest: number, startTime: string, endTime: string): readonly object[] {
  const end = Date.parse(endTime);
  const minutes = Math.floor((end - Date.parse(startTime)) / 60_000);
  return Array.from({ length: minutes }, (_, at) => {
    const time = new Date(end - (at + LATE_MINUTES) * 60_000).toISOString();
    const value = at === 0 ? newest : newest + 1_000 * at;
    return { interval: { startTime: time, endTime: time }, value: { int64Value: String(value) } };
  }).slice(0, minutes - LATE_MINUTES);
}

/** What is sampled is seen up to four minutes later: https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-pubsub */
const LATE_MINUTES = 4;
