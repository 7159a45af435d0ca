import { type Consumer, type FunctionCode, join, ref } from "@alienplatform/deploy";
import type { GcpPart, TypedPart } from "../gcp-part.ts";
import type { GcpStack } from "../gcp-stack.ts";
import {
  accountName,
  bucketName,
  emailOf,
  functionName,
  functionUrl,
  pushAccountName,
} from "../names.ts";
import { stateGrantParts } from "../table/parts.ts";
import { environmentOf } from "./environment.ts";
import { grantParts } from "./grants.ts";
import {
  accountPartId,
  BUCKET_PART,
  functionPartId,
  invokersPartId,
  pushAccountPartId,
} from "./part-ids.ts";
import { ENTRY_POINT, memoryOf, processorsOf, RUNTIME, scalingOf, timeoutOf } from "./settings.ts";

/** The bucket of all code, where there is any. */
export function bucketParts(stack: GcpStack): readonly GcpPart[] {
  const [first] = stack.functions();
  if (first === undefined) return [];
  const name = bucketName(stack.place);
  return [
    {
      id: BUCKET_PART,
      type: "storage-bucket",
      name,
      resource: first.id,
      config: {
        location: stack.place.region,
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
        softDelete: 0,
      },
      known: { name },
    },
  ];
}

/** A function or an endpoint: its account and rights, its code, the function itself, and who may call it. */
export function functionParts(
  consumer: Consumer,
  stack: GcpStack,
  code: FunctionCode,
): readonly GcpPart[] {
  return [
    accountPart(consumer, stack),
    ...(consumer.triggers.length === 0 ? [] : [pushAccountPart(consumer, stack)]),
    ...grantParts(consumer, stack),
    ...stateGrantParts(consumer, stack),
    functionPart(consumer, stack, code),
    ...invokersParts(consumer, stack),
  ];
}

function accountPart(consumer: Consumer, { place }: GcpStack): TypedPart<"service-account"> {
  const name = accountName(place, consumer.id);
  return {
    id: accountPartId(consumer),
    type: "service-account",
    name,
    resource: consumer.id,
    config: {
      displayName: shortened(`${consumer.type} ${consumer.id} of ${place.stack}, ${place.stage}`),
    },
    known: { email: emailOf(place, name) },
  };
}

function pushAccountPart(consumer: Consumer, { place }: GcpStack): TypedPart<"service-account"> {
  const name = pushAccountName(place, consumer.id);
  return {
    id: pushAccountPartId(consumer),
    type: "service-account",
    name,
    resource: consumer.id,
    config: {
      displayName: shortened(`Pub/Sub to ${consumer.id} of ${place.stack}, ${place.stage}`),
    },
    known: { email: emailOf(place, name) },
  };
}

function functionPart(
  consumer: Consumer,
  stack: GcpStack,
  code: FunctionCode,
): TypedPart<"cloud-function"> {
  const { id, type, triggers } = consumer;
  const artifact = code[id];
  if (artifact === undefined) throw new TypeError(`there is no code of ${type} "${id}"`);
  const { place } = stack;
  const name = functionName(place, id);
  const memory = memoryOf(consumer);
  return {
    id: functionPartId(consumer),
    type: "cloud-function",
    name,
    resource: id,
    config: {
      description: `The ${type} ${id} of stack ${place.stack}, stage ${place.stage}.`,
      runtime: RUNTIME,
      entryPoint: ENTRY_POINT,
      bucket: ref(BUCKET_PART, "name"),
      code: { sha256: artifact.sha256 },
      serviceAccount: ref(accountPartId(consumer), "email"),
      availableMemory: `${memory}Mi`,
      availableCpu: processorsOf(memory),
      timeoutSeconds: timeoutOf(consumer),
      ...scalingOf(triggers.map(({ queue }) => stack.queue(queue))),
      ingressSettings: "ALLOW_ALL",
      environment: environmentOf(consumer, stack),
    },
    known: { name, url: functionUrl(place, id) },
  };
}

/** The function's own verifier lets nobody push but this account, also where everybody may call it. */
function invokersParts(
  consumer: Consumer,
  { place }: GcpStack,
): readonly TypedPart<"run-invokers">[] {
  const members = [
    ...(consumer.type === "function" && consumer.http ? ["allUsers"] : []),
    ...(consumer.triggers.length === 0
      ? []
      : [join("serviceAccount:", ref(pushAccountPartId(consumer), "email"))]),
  ];
  if (members.length === 0) return [];
  return [
    {
      id: invokersPartId(consumer),
      type: "run-invokers",
      name: functionName(place, consumer.id),
      resource: consumer.id,
      config: { service: ref(functionPartId(consumer), "name"), members },
      known: { url: functionUrl(place, consumer.id) },
    },
  ];
}

/** Of 100 bytes at most: https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts */
function shortened(text: string): string {
  return text.slice(0, 100);
}
