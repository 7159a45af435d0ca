import { type Consumer, type FunctionCode, join, ref } from "@alienplatform/deploy";
import type { AzurePart, TypedPart } from "../azure-part.ts";
import type { AzureStack } from "../azure-place.ts";
import { appName, identityName, planName, storageName, triggerName } from "../names.ts";
import { appId, containerId, identityId, planId, storageId } from "../resource-ids.ts";
import { rolesOnlyAccount } from "../roles-only-account.ts";
import { GROUP } from "../stage-parts.ts";
import { settingsOf } from "./environment.ts";
import { roleParts } from "./role-parts.ts";
import { instanceOf, RUNTIME_VERSION, scalingOf } from "./settings.ts";

/** Of the packages in the app's storage. */
const CONTAINER = "packages";

/** A function or an endpoint: who it is, its storage, what it may do, and the app itself. */
export function functionParts(
  consumer: Consumer,
  stack: AzureStack,
  code: FunctionCode,
): readonly AzurePart[] {
  const id = functionPartId(consumer.id);
  const roles = roleParts(consumer, stack, id);
  return [...groundParts(consumer, stack, id), ...roles, appPart(consumer, stack, code, roles)];
}

/** The address of a function among the parts. */
export function functionPartId(id: string): string {
  return `function/${id}`;
}

/** What an app stands on. */
function groundParts({ id }: Consumer, { place }: AzureStack, part: string): readonly AzurePart[] {
  const location = place.region;
  const made = { resource: id, after: [GROUP] };
  const [identity, storage, plan] = [
    identityName(place, id),
    storageName(place, id),
    planName(place, id),
  ];
  const container = `${storage}/${CONTAINER}`;
  return [
    {
      ...made,
      id: `${part}/identity`,
      type: "managed-identity",
      name: identity,
      config: { location },
      known: { id: identityId(place, identity) },
    },
    {
      ...made,
      id: `${part}/storage`,
      type: "storage-account",
      name: storage,
      config: rolesOnlyAccount(location),
      known: { id: storageId(place, storage), name: storage },
    },
    {
      id: `${part}/storage/${CONTAINER}`,
      type: "blob-container",
      name: container,
      resource: id,
      config: { publicAccess: "None" },
      after: [`${part}/storage`],
      known: { id: containerId(place, container) },
    },
    {
      ...made,
      id: `${part}/plan`,
      type: "flex-plan",
      name: plan,
      config: { location, sku: "FC1" },
      known: { id: planId(place, plan) },
    },
  ];
}

function appPart(
  consumer: Consumer,
  stack: AzureStack,
  code: FunctionCode,
  roles: readonly AzurePart[],
): TypedPart<"function-app"> {
  const { id, triggers } = consumer;
  const artifact = code[id];
  if (artifact === undefined) throw new TypeError(`there is no code of ${consumer.type} "${id}"`);
  const part = functionPartId(id);
  const name = appName(stack.place, id);
  const { maximumInstances } = scalingOf(
    triggers.map(({ queue }) => stack.queue(queue).concurrency),
  );
  return {
    id: part,
    type: "function-app",
    name,
    resource: id,
    config: {
      location: stack.place.region,
      plan: ref(`${part}/plan`, "id"),
      identity: ref(`${part}/identity`, "id"),
      runtime: "node",
      runtimeVersion: RUNTIME_VERSION,
      packages: join(ref(`${part}/storage`, "blobs"), CONTAINER),
      instanceMemory: instanceOf(consumer),
      maximumInstances,
      httpsOnly: true,
      settings: settingsOf(consumer, stack, part),
      http: consumer.type === "function" && consumer.http,
      code: { sha256: artifact.sha256 },
      pausedAtFirst: triggers.filter(({ paused }) => paused).map(({ queue }) => triggerName(queue)),
    },
    // Its host reads and writes as its identity from the first moment on.
    after: [`${part}/storage/${CONTAINER}`, ...roles.map((each) => each.id)],
    known: { id: appId(stack.place, name) },
  };
}
