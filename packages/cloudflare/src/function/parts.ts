import { type Consumer, type FunctionCode, ref, secretsOf } from "@alienplatform/deploy";
import type { CloudflarePart, TypedPart } from "../cloudflare-part.ts";
import type { CloudflareStack } from "../cloudflare-stack.ts";
import { workerName } from "../names.ts";
import { databasesBound, environmentOf, queuesBound } from "./environment.ts";
import { functionPartId, secretPartId } from "./part-ids.ts";

/** The bundle's one file. */
const MAIN_MODULE = "index.mjs";
/** What the runtime did on this day it does for good: https://developers.cloudflare.com/workers/configuration/compatibility-dates/ */
export const COMPATIBILITY_DATE = "2026-04-01";
/** A handler's own code finds `process.env`, where variables and secrets are, and what else Node has. */
export const COMPATIBILITY_FLAGS: readonly string[] = ["nodejs_compat"];

/** A function or an endpoint: the Worker, and its address where it serves HTTP. What triggers it belongs to the queue. */
export function functionParts(
  consumer: Consumer,
  stack: CloudflareStack,
  code: FunctionCode,
): readonly CloudflarePart[] {
  const { id } = consumer;
  const artifact = code[id];
  if (artifact === undefined) throw new TypeError(`there is no code of ${consumer.type} "${id}"`);
  const name = workerName(stack.place, id);
  const worker: TypedPart<"worker"> = {
    id: functionPartId(id),
    type: "worker",
    name,
    resource: id,
    config: {
      code: { sha256: artifact.sha256 },
      mainModule: MAIN_MODULE,
      compatibilityDate: COMPATIBILITY_DATE,
      compatibilityFlags: COMPATIBILITY_FLAGS,
      queues: queuesBound(consumer, stack),
      databases: databasesBound(consumer),
      environment: environmentOf(consumer, stack),
      observability: true,
    },
    known: { name },
  };
  if (consumer.type !== "function" || !consumer.http) return [worker];
  return [worker, urlPart(consumer, stack)];
}

function urlPart(consumer: Consumer, { place }: CloudflareStack): TypedPart<"worker-url"> {
  const { id } = consumer;
  return {
    id: `${functionPartId(id)}/url`,
    type: "worker-url",
    name: workerName(place, id),
    resource: id,
    config: { scriptName: ref(functionPartId(id), "name"), previewsEnabled: false },
    after: secretsOf(consumer).map(secretPartId),
  };
}
