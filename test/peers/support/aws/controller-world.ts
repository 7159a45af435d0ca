import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallFaults, type ControllerWorld, leapingClock } from "@alienplatform/deploy/conformance";
import { awsCloud, openDeployClients } from "../../../../packages/aws/src/aws-cloud.ts";
import { clientSettings } from "../../../../packages/aws/src/client-settings.ts";
import { artifacts } from "./deploying.ts";
import { account, region } from "./wanted.ts";

let worlds = 0;

/** A stage of its own at the AWS that AWS_ENDPOINT_URL names. Faults happen in the SDK's clients, before all else there. */
export async function openControllerWorld(): Promise<ControllerWorld> {
  const faults = new CallFaults({
    throttled: () => refused("ThrottlingException", "Rate exceeded", 400),
    forbidden: () =>
      refused("AccessDeniedException", "User: x is not authorized to perform: y:Z", 403),
    lost: () => refused("ECONNRESET", "read ECONNRESET"),
  });
  const clients = openDeployClients(clientSettings({ environment: process.env, region }));
  for (const { middlewareStack } of Object.values(clients)) {
    middlewareStack.add((next: Handler) => (input: unknown) => faults.around(() => next(input)), {
      step: "initialize",
      priority: "high",
    });
  }
  const stage = `w${++worlds}`;
  const cloud = awsCloud(clients, { stack: "shop", stage, account, region });
  const directory = mkdtempSync(join(tmpdir(), "alien-aws-"));
  for (const [sha256, bytes] of artifacts) writeFileSync(join(directory, `${sha256}.zip`), bytes);
  return {
    cloud,
    clock: leapingClock(),
    faults,
    directory,
    artifacts: Object.fromEntries([...artifacts.keys()].map((sha) => [sha, `${sha}.zip`])),
    async close() {
      await cloud.close();
      rmSync(directory, { recursive: true });
    },
  };
}

// The clients' stacks differ in what they carry, which is passed on as it is.
type Handler = (input: unknown) => Promise<never>;

/** As the SDK throws it. */
function refused(name: string, message: string, status?: number): Error {
  const $metadata = status === undefined ? {} : { httpStatusCode: status };
  return Object.assign(new Error(message), { name, $metadata });
}
