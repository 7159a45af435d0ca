import { stateStoreConformance } from "@alienplatform/deploy/conformance";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openStateStore } from "../src/state-store.ts";
import { refusal, StorageServer } from "./storage/storage-server.ts";

const signal = new AbortController().signal;
const server = new StorageServer();
let endpoint = "";
let worlds = 0;

beforeAll(async () => {
  endpoint = await server.listen();
  server.makeBucket("states");
});
afterAll(() => server.close());

function open(url: string) {
  return openStateStore(url, { environment: { STORAGE_EMULATOR_HOST: endpoint } });
}

stateStoreConformance({
  name: "Google Cloud Storage",
  open: async () => {
    const object = `shop ${++worlds}/gcp-dev.json`;
    return {
      open: () => open(`gs://states/${object}`),
      remove: async () => server.remove("states", object),
      loseAnswer: () => server.loseAnswer(),
      close: async () => undefined,
    };
  },
  runner: { describe, it },
});

it("reads content and generation with one call, and writes with one", async () => {
  const store = open("gs://states/one/gcp-dev.json");
  const from = server.requests.length;
  const version = await store.write("1", undefined, signal);
  await store.read(signal);
  expect(server.requests.slice(from)).toEqual([
    "POST /upload/storage/v1/b/states/o",
    "GET /storage/v1/b/states/o/one%2Fgcp-dev.json",
  ]);
  // A generation is longer than a number of JavaScript is exact.
  expect(version).toMatch(/^\d{16}$/);
});

it("takes an emulator's host without a scheme, and shows it no credentials", async () => {
  const host = endpoint.replace("http://", "");
  const environment = { STORAGE_EMULATOR_HOST: host };
  expect(await openStateStore("gs://states/none", { environment }).read(signal)).toBeUndefined();
  expect(server.headers.authorization).toBeUndefined();
});

it("says how to make the bucket that is not there", async () => {
  const store = open("gs://nowhere-at-all/shop");
  for (const call of [() => store.read(signal), () => store.write("1", undefined, signal)]) {
    await expect(call()).rejects.toMatchObject({
      code: "STATE_STORE_MISSING",
      fix: expect.stringContaining("gcloud storage buckets create gs://nowhere-at-all"),
    });
  }
});

it.each([
  [401, "Invalid Credentials", "authError", "CREDENTIALS_EXPIRED", false],
  [403, "ann does not have storage.objects.get access.", "forbidden", "PERMISSION_DENIED", false],
  [429, "The object exceeded the rate limit.", "rateLimitExceeded", "THROTTLED", true],
  [503, "Backend Error", "backendError", "SERVICE_UNAVAILABLE", true],
  [400, "Invalid argument.", "invalid", "PLATFORM_REFUSED", false],
])("takes %i %s for what it is", async (status, message, reason, code, retryable) => {
  const store = open("gs://states/refused");
  server.answerNext(refusal(status, message, reason));
  await expect(store.read(signal)).rejects.toMatchObject({
    code,
    retryable,
    message: `reading the state gs://states/refused failed: ${message}`,
  });
});

it("names the role where reading or writing is forbidden", async () => {
  server.answerNext(refusal(403, "no", "forbidden"));
  await expect(open("gs://states/x").read(signal)).rejects.toMatchObject({
    fix: expect.stringContaining("gs://states --member=<it> --role=roles/storage.objectUser"),
  });
});

it("does not know what became of a write that is answered with half a page", async () => {
  server.answerNext({ status: 200, body: '{"genera' });
  const write = open("gs://states/half").write("1", undefined, signal);
  await expect(write).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true });
});

it("says that nobody answers", async () => {
  const environment = { STORAGE_EMULATOR_HOST: "http://127.0.0.1:1" };
  const read = openStateStore("gs://states/x", { environment }).read(signal);
  await expect(read).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true });
});

it("makes no call for who has given up", async () => {
  const from = server.requests.length;
  const read = open("gs://states/x").read(AbortSignal.abort());
  await expect(read).rejects.toMatchObject({ code: "ABORTED", retryable: false });
  expect(server.requests).toHaveLength(from);
});

it("says that there are no credentials, and how to get some", async () => {
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "no-such-key.json");
  const read = openStateStore("gs://states/x", { environment: {} }).read(signal);
  await expect(read).rejects.toMatchObject({
    code: "CREDENTIALS_MISSING",
    fix: expect.stringContaining("gcloud auth application-default login"),
  });
  vi.unstubAllEnvs();
});

it.each([
  "gs://states",
  "gs://states/",
  "gs://states/dir/",
  "s3://states/x",
  "gs://s/x?a=b",
  "gs:///x",
])("refuses %s, which names no object", (url) => {
  expect(() => openStateStore(url, { environment: {} })).toThrow(
    expect.objectContaining({ code: "OPTION_INVALID" }),
  );
});
