import { Function as Fn, Queue, Stack } from "@alienplatform/core";
import type { Part, Place } from "@alienplatform/deploy";
import type { ControllerCase } from "@alienplatform/deploy/conformance";
import { FIRST_VALUE } from "../../src/control/key-vault-secret.ts";
import { lower } from "../../src/lower.ts";
import { artifactOf } from "./artifacts.ts";
import type { AzureWorld } from "./controller-world.ts";

const code = artifactOf("export default 1");
const other = artifactOf("export default 2");
const UNTAGGED = "it bears no tags: it is whose that is which it is in";

/** A queue and a function that it triggers, with a secret: of each type of part there is one. */
function partsOf(place: Place): readonly Part[] {
  const tasks = new Queue("tasks").build();
  const orders = new Queue("orders").fifo({ group: "id" }).build();
  const worker = new Fn("worker").trigger(tasks).secret("TOKEN").build();
  const stack = new Stack("shop").add(tasks).add(orders).add(worker).build();
  return lower(stack, place, { worker: { ...code, bytes: 1 } }).parts;
}

/** A part with all that it needs before it. */
function upTo(id: string): (place: Place) => readonly Part[] {
  return (place) => {
    const all = new Map(partsOf(place).map((part) => [part.id, part]));
    const needed = new Set<Part>();
    const take = (each: string): void => {
      const part = all.get(each);
      if (part === undefined) throw new TypeError(`there is no part ${each}`);
      if (needed.has(part)) return;
      const text = JSON.stringify(part.config);
      const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, name = ""]) => name);
      for (const before of [...refs, ...(part.after ?? [])]) take(before);
      needed.add(part);
    };
    take(id);
    return [...needed];
  };
}

/** A case for each type of part. */
export function controllerCases(): readonly ControllerCase[] {
  const queueSettings = {
    lockDuration: { lockDuration: 45 },
    maxDeliveryCount: { maxDeliveryCount: 100 },
    defaultMessageTimeToLive: { defaultMessageTimeToLive: 90 },
    deadLetteringOnMessageExpiration: { deadLetteringOnMessageExpiration: true },
    maxSizeInMegabytes: { maxSizeInMegabytes: 1_024 },
  };
  const fill: ControllerCase["fill"] = async (world, { name }) => {
    const { server } = world as AzureWorld; // the suite gives back what it was given
    server.bus.queue(name.split("/")[1] ?? "").enqueue({ body: "one", group_id: "g" });
  };
  return [
    { name: "resource-group", parts: upTo("stage/group"), settings: {} },
    {
      name: "servicebus-namespace",
      parts: upTo("stage/namespace"),
      settings: { disableLocalAuth: { disableLocalAuth: false } },
    },
    {
      name: "servicebus-queue",
      parts: upTo("queue/tasks"),
      settings: {
        ...queueSettings,
        forwardDeadLetteredMessagesTo: { forwardDeadLetteredMessagesTo: undefined },
      },
      replacing: { requiresSession: { requiresSession: true } },
      unlisted: UNTAGGED,
      fill,
    },
    {
      name: "servicebus-queue, FIFO",
      parts: upTo("queue/orders"),
      settings: { lockDuration: { lockDuration: 45 } },
      unlisted: UNTAGGED,
      fill,
    },
    { name: "managed-identity", parts: upTo("function/worker/identity"), settings: {} },
    {
      name: "role-assignment",
      parts: upTo("function/worker/may/receive/queue/tasks"),
      settings: {},
      replacing: { role: { role: "Azure Service Bus Data Sender" } },
      unlisted: "no list of a group has it; its description says whose it is",
    },
    {
      name: "storage-account",
      parts: upTo("function/worker/storage"),
      settings: {
        allowBlobPublicAccess: { allowBlobPublicAccess: true },
        allowSharedKeyAccess: { allowSharedKeyAccess: true },
        minimumTlsVersion: { minimumTlsVersion: "TLS1_1" },
        sku: { sku: "Standard_ZRS" },
      },
    },
    {
      name: "blob-container",
      parts: upTo("function/worker/storage/packages"),
      settings: { publicAccess: { publicAccess: "Blob" } },
      unlisted: UNTAGGED,
    },
    {
      name: "storage-table",
      parts: upTo("stage/state/table"),
      settings: {},
      unlisted: UNTAGGED,
    },
    { name: "flex-plan", parts: upTo("function/worker/plan"), settings: {} },
    {
      name: "function-app",
      parts: upTo("function/worker"),
      settings: {
        runtimeVersion: { runtimeVersion: "20" },
        instanceMemory: { instanceMemory: 2_048 },
        maximumInstances: { maximumInstances: 7 },
        httpsOnly: { httpsOnly: false },
        code: { code: other },
        settings: { settings: { LEVEL: "debug", MORE: "1" } },
      },
    },
    { name: "key-vault", parts: upTo("stage/vault"), settings: {} },
    {
      name: "key-vault-secret",
      parts: upTo("secret/TOKEN"),
      settings: {},
      unlisted: "no list of a group has it",
      fill: setSecret,
    },
    {
      name: "log-workspace",
      parts: upTo("stage/logs/workspace"),
      settings: { retentionInDays: { retentionInDays: 90 } },
    },
    {
      name: "app-insights",
      parts: upTo("stage/logs"),
      settings: { disableLocalAuth: { disableLocalAuth: false } },
    },
  ];
}

/** As `alien secret set` does: the tag goes that says that deploy has written the value. */
const setSecret: NonNullable<ControllerCase["fill"]> = async (world, { name }) => {
  const { server } = world as AzureWorld; // the suite gives back what it was given
  const [vault = "", secret = ""] = name.split("/");
  const all = server.resources.ofType("Microsoft.KeyVault/vaults/secrets");
  const found = all.find(({ id }) => id.endsWith(`/${vault}/secrets/${secret}`));
  if (found === undefined) throw new TypeError(`there is no secret ${name}`);
  const { [FIRST_VALUE]: _, ...tags } = found.tags ?? {};
  server.resources.set({ ...found, tags });
};
