import { createHash } from "node:crypto";
import { type NameRule, physicalName } from "@alienplatform/deploy";
import type { GcpPlace } from "./gcp-place.ts";

/** https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names */
const PUBSUB: NameRule = { max: 255, legal: (name) => lettersFirst(name.replace(ILLEGAL, "-")) };
/** https://cloud.google.com/iam/docs/service-accounts-create */
const ACCOUNT: NameRule = { max: 30, legal: small };
/** https://cloud.google.com/secret-manager/docs/creating-and-accessing-secrets */
const SECRET: NameRule = { max: 255, legal: (name) => name.replace(/[^A-Za-z0-9_-]+/g, "-") };
/** https://cloud.google.com/storage/docs/buckets#naming */
const BUCKET: NameRule = { max: 63, legal: small };
/** https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases/create */
const DATABASE: NameRule = { max: 63, legal: small };
/** https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues; room for what tells it from a former one. */
const DELAYS: NameRule = { max: 90, legal: (name) => name.replace(/[^A-Za-z0-9-]+/g, "-") };
/** Of the first label of a host: https://cloud.google.com/run/docs/triggering/https-request#deterministic */
const LONGEST_LABEL = 63;
/** Of a service of Cloud Run, which a function is: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services/create */
const LONGEST_SERVICE = 49;

const ILLEGAL = /[^A-Za-z0-9_.~+%-]+/g;

/** Of a queue's topic and of its subscription alike. */
export function queueName({ stack, stage }: GcpPlace, id: string): string {
  return physicalName([stack, stage, id], PUBSUB);
}

/** Of the topic that the dead letters of a queue are published to, and of what keeps them. */
export function deadLettersName({ stack, stage }: GcpPlace, id: string): string {
  return physicalName([stack, stage, id, "dead"], PUBSUB);
}

/** Of a function; short enough for Cloud Run, and for its URL to hold it and the project's number. */
export function functionName({ stack, stage, number }: GcpPlace, id: string): string {
  const max = Math.min(LONGEST_SERVICE, LONGEST_LABEL - 1 - number.length);
  return physicalName([stack, stage, id], { max, legal: small });
}

/** Known before the function is there: https://cloud.google.com/run/docs/triggering/https-request#deterministic */
export function functionUrl(place: GcpPlace, id: string): string {
  return `https://${functionName(place, id)}-${place.number}.${place.region}.run.app`;
}

/** The id of the service account that a function runs as. */
export function accountName({ stack, stage }: GcpPlace, id: string): string {
  return physicalName([stack, stage, id], ACCOUNT);
}

/** The id of the service account by which Pub/Sub calls a function. */
export function pushAccountName({ stack, stage }: GcpPlace, id: string): string {
  return physicalName([stack, stage, id, "push"], ACCOUNT);
}

/** The e-mail address of a service account. */
export function emailOf({ project }: GcpPlace, account: string): string {
  // "example.com:shop" is the id of a project of a domain.
  const host = project.split(":").reverse().join(".");
  return `${account}@${host}.iam.gserviceaccount.com`;
}

/** Of the secret that a variable's value is in; one for all functions of the stage that ask for it. */
export function secretName({ stack, stage }: GcpPlace, variable: string): string {
  return physicalName([stack, stage, variable], SECRET);
}

/** Of the bucket that the code of a stage's functions is in: all buckets of the world share their names. */
export function bucketName({ stack, stage, number }: GcpPlace): string {
  return physicalName([stack, stage, "code", number], BUCKET);
}

/** Of the database of Firestore that a stage keeps its state in. */
export function databaseName(place: Pick<GcpPlace, "stack" | "stage">): string {
  const { stack, stage } = place;
  return physicalName([stack, stage, "state"], { ...DATABASE, suffix: `-${stageMark(place)}` });
}

/**
 * What the name of the queue of Cloud Tasks begins with, in which a stage's delayed messages wait. Google does not let a
 * name be used again for 7 days after its queue was deleted (https://cloud.google.com/tasks/docs/quotas), so that its
 * controller ends each name with the time at which the queue was made.
 */
export function delaysName(place: Pick<GcpPlace, "stack" | "stage">): string {
  const { stack, stage } = place;
  return physicalName([stack, stage, "delays"], { ...DELAYS, suffix: `-${stageMark(place)}` });
}

/** The same as of a database: queues of Cloud Tasks have no labels either. */
export function isDelaysQueueOf(place: Pick<GcpPlace, "stack" | "stage">, name: string): boolean {
  return new RegExp(`-${stageMark(place)}(-[0-9a-z]+)?$`).test(name);
}

/** The id of the service account by which Cloud Tasks publishes what is due. */
export function delaysAccountName({ stack, stage }: GcpPlace): string {
  return physicalName([stack, stage, "delays"], ACCOUNT);
}

/**
 * Whether a database is of the stage. Databases have no labels, so their names end with a mark: the same stack and stage
 * always make the same one, and nobody else makes it but on purpose.
 */
export function isDatabaseOf(place: Pick<GcpPlace, "stack" | "stage">, name: string): boolean {
  return name.endsWith(`-${stageMark(place)}`);
}

function stageMark({ stack, stage }: Pick<GcpPlace, "stack" | "stage">): string {
  return createHash("sha256")
    .update(JSON.stringify([stack, stage]))
    .digest("hex")
    .slice(0, MARK);
}

const MARK = 6;

/** Small letters, digits and "-", a letter first, no "-" at the end, and six characters or more. */
function small(name: string): string {
  const legal = lettersFirst(name.toLowerCase().replace(/[^a-z0-9-]+/g, "-")).replace(/-+$/, "");
  return legal.length < 6 ? `${legal}-alien` : legal;
}

/** "goog" is Google's own. */
function lettersFirst(name: string): string {
  return /^(?!goog)[A-Za-z]/i.test(name) ? name : `a-${name}`;
}
