import { systemClock } from "@alienplatform/bindings";
import type { PartContext } from "@alienplatform/deploy";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { AccountApi } from "../src/api-client.ts";
import { WorkerSecretController } from "../src/control/worker-secret.ts";
import type { WorkerSecretConfig } from "../src/part-configs.ts";
import { CloudflareStageOperator } from "../src/stage-operator.ts";
import { AccountServer } from "./account/account-server.ts";

const signal = new AbortController().signal;
const server = await AccountServer.open();
afterAll(() => server.close());
const { accountId: account, token, endpoint } = server;
const api = new AccountApi({ account, token, endpoint });
const controller = new WorkerSecretController(api);
const operator = new CloudflareStageOperator(api);

/** By their Workers, the values of the secret. */
const values = () => ["a", "b"].map((name) => server.account.script(name).secrets.get("KEY"));

beforeEach(() => {
  const tags = ["alien:stack:shop", "alien:stage:dev", "alien:part:function/x"];
  const metadata = { main_module: "index.mjs", compatibility_date: "2026-04-01", tags };
  const modules = new Map([
    ["index.mjs", { type: "application/javascript+module", text: "export default {}" }],
  ]);
  for (const name of ["a", "b"]) server.account.putScript(name, metadata, modules);
});

describe("a second Worker that signs", () => {
  const wanted = configOf("random", ["a", "b"]);

  it("gets a value with all others, who have the same", async () => {
    const remote = await controller.create(contextOf(wanted), configOf("random", ["a"]));
    await controller.update(contextOf(wanted), wanted, remote);
    const [one, other] = values();
    expect(one).toMatch(/^[\w-]{43}$/);
    expect(other).toBe(one);
  });

  it("waits to be given the value that somebody has chosen", async () => {
    await controller.create(contextOf(wanted), configOf("random", ["a"]));
    await operator.setSecret("shop/dev/KEY", "chosen", signal);
    const remote = await controller.read(contextOf(wanted));
    if (remote === undefined) throw new Error("it is gone");
    await controller.update(contextOf(wanted), wanted, remote);
    expect(values()).toEqual(["chosen", undefined]);
    expect(await operator.hasSecret("shop/dev/KEY", signal)).toBe(false);
    await operator.setSecret("shop/dev/KEY", "chosen", signal);
    expect(values()).toEqual(["chosen", "chosen"]);
  });
});

it("is not moved to other Workers alone, which would lose its value unasked", async () => {
  const config = configOf("none", ["a"]);
  await controller.create(contextOf(config), config);
  const moved = configOf("none", ["b"]);
  const changes = async () => {
    const remote = await controller.read(contextOf(moved));
    return remote && controller.diff(moved, remote);
  };
  expect(await changes()).toEqual([{ path: "scripts", from: ["a"], to: ["b"] }]);
  await operator.setSecret("shop/dev/KEY", "chosen", signal);
  expect(await changes()).toMatchObject([{ path: "scripts", replaces: expect.any(String) }]);
});

function configOf(
  firstValue: WorkerSecretConfig["firstValue"],
  scripts: readonly string[],
): WorkerSecretConfig {
  return { variable: "KEY", scripts, firstValue };
}

function contextOf(config: WorkerSecretConfig): PartContext<WorkerSecretConfig> {
  return {
    owner: { stack: "shop", stage: "dev", part: "secret/KEY" },
    name: "shop/dev/KEY",
    config,
    clock: systemClock,
    signal,
    artifact: () => Promise.reject(new Error("a secret has no code")),
  };
}
