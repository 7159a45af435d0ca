import { createHash } from "node:crypto";
import { type NameRule, physicalName } from "@alienplatform/deploy";
import type { AzurePlace } from "./azure-place.ts";

/*
 * How long names may be and what may be in them:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
const GROUP: NameRule = { max: 90, legal };
const NAMESPACE: NameRule = { max: 50, legal: letterFirst };
const IDENTITY: NameRule = { max: 128, legal };
const PLAN: NameRule = { max: 60, legal };
const APP: NameRule = { max: 60, legal };
const VAULT: NameRule = { max: 24, legal: letterFirst };
const WORKSPACE: NameRule = { max: 63, legal };
const COMPONENT: NameRule = { max: 260, legal };
/** Of a queue in its namespace; letters and digits stand at both ends. */
const QUEUE: NameRule = {
  max: 260,
  legal: (name) =>
    name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, ""),
};
const STORAGE_MAX = 24;
const HASH_LENGTH = 10;

/** Everything of a stage is in a resource group of its own. */
export function groupName({ stack, stage }: AzurePlace): string {
  return physicalName([stack, stage], GROUP);
}

/** The namespace of a stage's queues: a name of the whole world's, which therefore tells subscriptions apart. */
export function namespaceName(place: AzurePlace): string {
  return physicalName([place.stack, place.stage, worldwide(place)], NAMESPACE);
}

export function queueName(id: string): string {
  return physicalName([id], QUEUE);
}

/** Of the queue that the dead letters of a queue are in. */
export function deadLettersName(id: string): string {
  return physicalName([id, "dead"], QUEUE);
}

export function identityName({ stack, stage }: AzurePlace, id: string): string {
  return physicalName([stack, stage, id], IDENTITY);
}

export function planName({ stack, stage }: AzurePlace, id: string): string {
  return physicalName([stack, stage, id], PLAN);
}

/** Of a function app, which is also its host's: a name of the whole world's. */
export function appName(place: AzurePlace, id: string): string {
  return physicalName([place.stack, place.stage, id, worldwide(place)], APP);
}

/** Of the storage account of a function. */
export function storageName(place: AzurePlace, id: string): string {
  return accountName(place, [place.stack, place.stage, id]);
}

/** Of the storage account that the state table of a stage is in. */
export function stateAccountName(place: AzurePlace): string {
  return accountName(place, [place.stack, place.stage]);
}

/** Small letters and digits alone, 24 of them at most, of the whole world's: what can be read of it, and a hash. */
function accountName(place: AzurePlace, words: readonly string[]): string {
  const readable = words
    .join("")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
  const end = hash([...words, place.subscription, place.region], HASH_LENGTH);
  return readable.slice(0, STORAGE_MAX - HASH_LENGTH) + end;
}

/** Of a stage's secrets: a name of the whole world's. */
export function vaultName(place: AzurePlace): string {
  return physicalName([place.stack, place.stage, worldwide(place)], VAULT);
}

/** In the vault: letters, digits and "-", where variables have "_". */
export function secretName(variable: string): string {
  return variable.replaceAll("_", "-");
}

export function workspaceName({ stack, stage }: AzurePlace): string {
  return physicalName([stack, stage], WORKSPACE);
}

export function componentName({ stack, stage }: AzurePlace): string {
  return physicalName([stack, stage], COMPONENT);
}

/**
 * Of what a queue triggers in its function's app. Without "-": a function whose name has one cannot be disabled on Linux,
 * says https://learn.microsoft.com/azure/azure-functions/disable-function. A stack has no two ids that differ in that alone.
 */
export function triggerName(queue: string): string {
  return `queue_${queue.replaceAll("-", "_")}`;
}

/** The same for the same stage of a stack, in another subscription or region another one. */
function worldwide({ subscription, region }: AzurePlace): string {
  return hash([subscription, region], 8);
}

/** A role assignment is named by a GUID; the same for the same words. */
export function assignmentName(words: readonly string[]): string {
  const hex = hash(words, 32);
  // A GUID made of a hash of names says so in two places: RFC 9562, version 8.
  const marked = `${hex.slice(0, 12)}8${hex.slice(13, 16)}a${hex.slice(17)}`;
  return marked.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function hash(words: readonly string[], length: number): string {
  const digest = createHash("sha256").update(JSON.stringify(words)).digest("hex");
  return digest.slice(0, length);
}

/** Letters, digits and "-", which does not stand first. */
function legal(name: string): string {
  return name.replace(/[^A-Za-z0-9-]+/g, "-").replace(/^-+/, "");
}

/** A letter first, and no two "-" beside each other. */
function letterFirst(name: string): string {
  const single = legal(name).replace(/-{2,}/g, "-");
  return /^[A-Za-z]/.test(single) ? single : `a-${single}`;
}
