import { createHash } from "node:crypto";
import { type NameRule, physicalName } from "@alienplatform/deploy";
import type { CloudflarePlace } from "./cloudflare-place.ts";

/**
 * Cloudflare's own words of refusal: "Must match ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ [code: 11003]".
 * https://github.com/cloudflare/workers-sdk/issues/2522
 */
const LONGEST = 63;
const QUEUE: NameRule = { max: LONGEST, legal };
/** A Worker's name is a label of its address: https://developers.cloudflare.com/workers/configuration/routing/workers-dev/ */
const WORKER: NameRule = { max: LONGEST, legal };

type Stage = Pick<CloudflarePlace, "stack" | "stage">;

export function queueName(place: Stage, id: string): string {
  return marked(place, [id]);
}

/** Of the queue that the dead letters of a queue are in. */
export function deadLettersName(place: Stage, id: string): string {
  return marked(place, [id, "dead"]);
}

/** Of the database that a stage keeps its state in, marked as queues are: databases have no tags either. */
export function stateDatabaseName(place: Stage): string {
  return marked(place, ["state"]);
}

/** Of the Worker that a function becomes. */
export function workerName({ stack, stage }: Stage, id: string): string {
  return physicalName([stack, stage, id], WORKER);
}

/** What a secret is called among those of all stages: one for all functions of the stage that ask for it. */
export function secretName({ stack, stage }: Stage, variable: string): string {
  return `${stack}/${stage}/${variable}`;
}

/**
 * What the names of a stage's queues and its database end with. They have no tags, no description and nothing else that could say whose
 * they are, so their names do: the same stack and stage always make the same mark, and the words "a-b" and "c" another one
 * than "a" and "b-c", which would begin a name alike.
 */
export function stageMark({ stack, stage }: Stage): string {
  return createHash("sha256")
    .update(JSON.stringify([stack, stage]))
    .digest("hex")
    .slice(0, MARK);
}

/** Whether a queue or a database is of the stage. */
export function isOfStage(name: string, stage: Stage): boolean {
  return name.endsWith(`-${stageMark(stage)}`);
}

const MARK = 6;

function marked(place: Stage, words: readonly string[]): string {
  const rule = { ...QUEUE, suffix: `-${stageMark(place)}` };
  return physicalName([place.stack, place.stage, ...words], rule);
}

/** Small letters, digits and dashes, of which none begins or ends it. */
function legal(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
