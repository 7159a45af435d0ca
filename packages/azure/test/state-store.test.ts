import { stateStoreConformance } from "@alienplatform/deploy/conformance";
import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LossyProxy } from "../../../test/lossy-proxy.ts";
import {
  azuriteAccount,
  azuriteConnectionString,
  startAzurite,
} from "../../../test/peers/support/azurite.ts";
import { openStateStore } from "../src/state-store.ts";

const signal = new AbortController().signal;
const azurite = await startAzurite();
const proxy = await LossyProxy.listen(azurite);
afterAll(() => proxy.close());
const AZURE_STORAGE_CONNECTION_STRING = azuriteConnectionString(proxy.endpoint);
const container = BlobServiceClient.fromConnectionString(
  azuriteConnectionString(azurite),
).getContainerClient("states");
beforeAll(async () => void (await container.create()));
let worlds = 0;

function open(url: string) {
  return openStateStore(url, { environment: { AZURE_STORAGE_CONNECTION_STRING } });
}

stateStoreConformance({
  name: "Azure Blob Storage, on Azurite",
  open: async () => {
    const blob = `shop ${++worlds}/azure-dev.json`;
    return {
      open: () => open(`azblob://states/${blob}`),
      remove: async () => void (await container.deleteBlob(blob)),
      loseAnswer: () => proxy.loseAnswer(),
      close: async () => undefined,
    };
  },
  runner: { describe, it },
});

it("says how to make the container that is not there", async () => {
  const store = open("azblob://nowhere-at-all/shop");
  for (const call of [() => store.read(signal), () => store.write("1", undefined, signal)]) {
    await expect(call()).rejects.toMatchObject({
      code: "STATE_STORE_MISSING",
      fix: expect.stringContaining("az storage container create --name nowhere-at-all"),
    });
  }
});

it("says that somebody has a lease on the blob, which nobody here takes", async () => {
  const store = open("azblob://states/leased");
  const version = await store.write("1", undefined, signal);
  const lease = container.getBlobClient("leased").getBlobLeaseClient();
  await lease.acquireLease(60);
  await expect(store.write("2", version, signal)).rejects.toMatchObject({ code: "STATE_LOCKED" });
  await lease.releaseLease();
  expect(await store.write("2", version, signal)).toBeDefined();
});

it("does not repeat a key that is not the account's", async () => {
  const key = Buffer.from("not the key").toString("base64");
  const environment = {
    AZURE_STORAGE_CONNECTION_STRING: AZURE_STORAGE_CONNECTION_STRING.replace(
      azuriteAccount.key,
      key,
    ),
  };
  const failed = await openStateStore("azblob://states/x", { environment })
    .read(signal)
    .catch((error: unknown) => error);
  // Azurite says AuthorizationFailure where Azure says AuthenticationFailed.
  expect(failed).toMatchObject({ code: "PERMISSION_DENIED", retryable: false });
  expect(`${failed} ${JSON.stringify(failed)}`).not.toContain(key);
});

it("says what a signature lacks that may only read", async () => {
  const { name, key } = azuriteAccount;
  const sas = generateBlobSASQueryParameters(
    {
      containerName: "states",
      permissions: ContainerSASPermissions.parse("r"),
      expiresOn: new Date(Date.now() + 600_000),
    },
    new StorageSharedKeyCredential(name, key),
  ).toString();
  const environment = {
    AZURE_STORAGE_CONNECTION_STRING: `BlobEndpoint=${proxy.endpoint}/${name};AccountName=${name};SharedAccessSignature=${sas}`,
  };
  const store = openStateStore("azblob://states/read-only", { environment });
  expect(await store.read(signal)).toBeUndefined();
  const failed = await store.write("1", undefined, signal).catch((error: unknown) => error);
  expect(failed).toMatchObject({
    code: "PERMISSION_DENIED",
    fix: expect.stringContaining('"Storage Blob Data Contributor" on the container "states"'),
  });
  expect(`${failed} ${JSON.stringify(failed)}`).not.toContain("sig=");
});

it("says that nobody answers", async () => {
  const environment = {
    AZURE_STORAGE_CONNECTION_STRING: azuriteConnectionString("http://127.0.0.1:1"),
  };
  const read = openStateStore("azblob://states/x", { environment }).read(signal);
  await expect(read).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true });
});

it("makes no call for who has given up", async () => {
  const read = open("azblob://states/x").read(AbortSignal.abort());
  await expect(read).rejects.toMatchObject({ code: "ABORTED", retryable: false });
});
