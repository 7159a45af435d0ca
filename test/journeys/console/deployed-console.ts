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
  // One after the other: not every service hands them out in the order of their sending.
  const send = (...names: readonly string[]) =>
    ask("POST", "/queues/tasks/messages/batch", {
      messages: names.map((to) => ({ payload: { to } })),
    });
  const receive = async () => {
    const { body } = await ask<{ messages: { id: string; receiptHandle: string }[] }>(
      "POST",
      "/queues/tasks/receive",
      { max: 1, lease: "10m", wait: "5s" },
    );
    const [message] = body.messages;
    if (message === undefined) throw new Error(`nothing was received: ${JSON.stringify(body)}`);
    return message;
  };
  await send("ada");
  const { id, receiptHandle } = await receive();
  await ask("POST", "/queues/tasks/dead-letter", { receiptHandle, reason: "no mailbox" });
  await send("bob");
  await receive();
  await send("cy", "dan", "eve");
  return id;
}
