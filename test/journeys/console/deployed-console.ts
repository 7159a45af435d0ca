import { Project, type Running } from "../../../packages/cli/test/journey.ts";
import type { Stand } from "./stands.ts";

/** `alien console` in front of a stage of queues, and how to ask it. */
export interface DeployedConsole {
  readonly url: string;
  readonly running: Running;
  ask<T>(method: string, path: string, body?: unknown): Promise<Told<T>>;
  close(): Promise<void>;
}

/** An answer of its API. */
export interface Told<T> {
  readonly status: number;
  readonly body: T;
}

const stackOf = (ordered: boolean) => `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").results("1h").build();
const orders = new alien.Queue("orders")${ordered ? ".fifo()" : ""}.build();
export default new alien.Stack("shop").add(tasks).add(orders).build();
`;

/** Deploys a stage there, as a user does, fills it, and serves the console of it. */
export async function deployedConsole({ platform }: Stand): Promise<DeployedConsole> {
  const on = ["--platform", platform, "--stage", "look"];
  const project = await Project.create({
    "package.json": `{ "name": "shop", "type": "module" }`,
    "alien.ts": stackOf(platform !== "cloudflare"),
  });
  const deployed = await project.alien("deploy", ...on, "--yes");
  if (deployed.status !== 0) throw new Error(deployed.stderr);
  const running = project.start("console", ...on, "--json");
  const { url, token } = JSON.parse(await running.line(/^\{/));
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<Told<T>> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text || "null") as T }; // what the test expects, and asserts on
  };
  return { url, running, ask, close: () => project.remove() };
}

/** Three messages wait, one is on loan and one is dead; answers the dead one's id. */
export async function fill({ ask }: DeployedConsole): Promise<string> {
  const messages = ["ada", "bob", "cy", "dan", "eve"].map((to) => ({ payload: { to } }));
  await ask("POST", "/queues/tasks/messages/batch", { messages });
  const received = await ask<{ messages: { id: string; receiptHandle: string }[] }>(
    "POST",
    "/queues/tasks/receive",
    { max: 2, lease: "10m", wait: "5s" },
  );
  const [first] = received.body.messages;
  if (first === undefined) throw new Error(`nothing was received: ${JSON.stringify(received)}`);
  const { receiptHandle } = first;
  await ask("POST", "/queues/tasks/dead-letter", { receiptHandle, reason: "no mailbox" });
  return first.id;
}
