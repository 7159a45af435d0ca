import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFunction, loadStack } from "@alienplatform/deploy";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../source-files.ts";
import { lambda, workers } from "./http/hosts.ts";

const home = join(root, "test", "journeys", ".alien");
mkdirSync(home, { recursive: true });
const folder = mkdtempSync(join(home, "http-api-"));
mkdirSync(join(folder, "src"));
const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
  rmSync(folder, { recursive: true });
});

const files = {
  "alien.ts": `import * as alien from "@alienplatform/core";
export const tasks = new alien.Queue("tasks").build();
new alien.Function("api").http().link(tasks, "send").link(tasks, "receive").link(tasks, "operate").secret("API_TOKEN").build();
`,
  "src/api.ts": `import { functionApi } from "@alienplatform/api";
import { queue } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";
import { tasks } from "../alien.ts";

// This Worker is started without nodejs_compat, and so without process.
const token = typeof process === "undefined" ? "secret" : process.env.API_TOKEN;
export default functionApi({ queues: [tasks], queue, operate, token });
`,
};
for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
const stack = await loadStack(join(folder, "alien.ts"));
const [api] = stack.stack.resources.filter((each) => each.type === "function");

describe.each([lambda, workers])(
  "the HTTP API as a function in $name",
  async ({ target, start }) => {
    if (api === undefined) throw new Error("alien.ts declares no function");
    const outDir = mkdtempSync(join(folder, "bundle-"));
    const bundle = await bundleFunction({
      ...{ stack, function: api, mode: "deploy", target, sources: {}, outDir },
    });
    await bundle.dispose();
    const described = { id: "api", triggers: [], http: {} };
    const { ask } = await start(bundle.file, {
      env: { ALIEN_FUNCTION: JSON.stringify(described), API_TOKEN: "secret" },
      atEnd: (stop) => void stops.unshift(stop),
    });
    const asked = async (
      method: string,
      path: string,
      headers: [string, string][] = [],
      body = "",
    ) => {
      const answer = await ask({
        method,
        target: path,
        headers: [["content-type", "application/json"], ...headers],
        ...(method === "GET" ? {} : { body: new TextEncoder().encode(body) }),
      });
      return { status: answer.status, body: JSON.parse(new TextDecoder().decode(answer.body)) };
    };

    it("answers to who has the token, and to others what they lack", async () => {
      expect(await asked("GET", "/health")).toMatchObject({ status: 200, body: { status: "ok" } });
      expect(await asked("GET", "/queues/tasks")).toMatchObject({ status: 401 });
      const own: [string, string][] = [["authorization", "Bearer secret"]];
      const described = await asked("GET", "/openapi.json", own);
      expect(described.body.openapi).toBe("3.1.0");
      expect(await asked("POST", "/queues/task/messages", own, "{}")).toMatchObject({
        status: 400,
        body: { code: "UNKNOWN_QUEUE", fix: "Did you mean tasks?" },
      });
      // Bundled without a binding: the queue is asked for, and is not there.
      const sent = await asked("POST", "/queues/tasks/messages", own, '{"payload":1}');
      expect(sent.body.code).toBe("BINDING_NOT_FOUND");
    });
  },
);
