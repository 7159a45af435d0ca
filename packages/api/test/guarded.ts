import { type HttpApiOptions, httpApi, LOOPBACK_HOSTS, type ServedFiles } from "@alienplatform/api";
import * as alien from "@alienplatform/core";
import type { TestQueues } from "@alienplatform/testing";
import { type Ask, asking } from "./ask.ts";
import { servedTestQueues } from "./served.ts";

export const TOKEN = "the-token-of-this-run";
export const bearer = { authorization: `Bearer ${TOKEN}` };
export const guardedStack = new alien.Stack("shop").add(new alien.Queue("tasks").build()).build();

const files: ServedFiles = (path, token = "") =>
  path === "assets/app-1a2b3c4d.js"
    ? { body: "run()", type: "text/javascript; charset=utf-8", immutable: true }
    : path.startsWith("assets/")
      ? undefined
      : {
          body: `<!doctype html><html><head><meta name="alien-api-token" content="${token}"><script src="/console/assets/app-1a2b3c4d.js"></script></head></html>`,
          type: "text/html; charset=utf-8",
        };

/** As `alien dev` serves it, unless told otherwise. */
export function guarded(queues: TestQueues, options: HttpApiOptions = {}): Ask {
  return asking(
    httpApi(servedTestQueues(guardedStack, queues), {
      token: TOKEN,
      tokenFor: "changes",
      hosts: LOOPBACK_HOSTS,
      files: async () => files,
      clock: queues.clock,
      ...options,
    }),
  );
}
