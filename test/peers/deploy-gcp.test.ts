import { it, vi } from "vitest";
import { stageJourney } from "../journeys/stage/journey.ts";
import { leftIn } from "./support/gcp/left-in.ts";
import { startGoogle } from "./support/gcp/start-google.ts";

const { world, host, environment } = await startGoogle();
for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);

/** Two dozen commands, each a process of its own, on a machine that is busy with other work. */
const MOST_MS = 900_000;
const FUNCTION = "http-and-queue-dev-web";
const on = ["--platform", "gcp", "--stage", "dev"];

it(
  "an example is deployed, handles real input, is changed, mended, repaired and destroyed",
  () =>
    stageJourney({
      platform: "gcp",
      on,
      // A send is not delayed by Pub/Sub itself.
      keepsState: { delay: "2d" },
      deployed: {
        parts: 22,
        // The backoff is the subscription's too, and the budget in the function's environment alone.
        changed:
          /code\.sha256[\s\S]*ALIEN_SIGNUPS_BINDING[\s\S]*retryPolicy\.minimumBackoff[\s\S]*2 to change/,
        drift: async () => drift(),
        left: async () => leftIn(world),
      },
      up: async (session) => (await session.alien("deploy", ...on, "--yes")).stdout,
      url: async () => host.urlOf(FUNCTION),
      handled: (count) => host.until(count),
      handledSoFar: () => host.handled,
      settled: async () => undefined,
      logs: async (session) => (await session.alien("logs", "web", ...on)).stdout,
    }),
  MOST_MS,
);

/** By hand, in Google's console. */
function drift(): number {
  const project = `projects/${world.project}`;
  change(world.subscriptions, `${project}/subscriptions/http-and-queue-dev-signups`, {
    ackDeadlineSeconds: 17,
  });
  const path = `${project}/locations/europe-west1/functions/${FUNCTION}`;
  const { serviceConfig } = world.functions.get(path) ?? {};
  const shorter = { ...Object(serviceConfig), timeoutSeconds: 30 };
  change(world.functions, path, { serviceConfig: shorter });
  const account = `serviceAccount:${FUNCTION}@${world.project}.iam.gserviceaccount.com`;
  const topic = `${project}/topics/http-and-queue-dev-signups`;
  const { bindings = [] } = world.policies.get(topic) ?? {};
  const more = { role: "roles/pubsub.editor", members: [account] };
  // As the service keeps it.
  change(world.policies, topic, { bindings: [...(bindings as readonly unknown[]), more] });
  return 3;
}

function change(all: Map<string, Record<string, unknown>>, path: string, more: object): void {
  all.set(path, { ...all.get(path), ...more });
}
