import { stateStoreConformance } from "@alienplatform/deploy/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStateStore } from "../../packages/gcp/src/state-store.ts";
import { LossyProxy } from "../lossy-proxy.ts";
import { startFakeGcsServer } from "./support/fake-gcs-server.ts";

const endpoint = await startFakeGcsServer();
const proxy = await LossyProxy.listen(endpoint);
afterAll(() => proxy.close());
let worlds = 0;

function open(url: string) {
  return openStateStore(url, { environment: { STORAGE_EMULATOR_HOST: proxy.endpoint } });
}

async function api(method: string, path: string, body?: object): Promise<void> {
  const answer = await fetch(`${endpoint}/storage/v1/b${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

beforeAll(() => api("POST", "?project=alien", { name: "states" }));

stateStoreConformance({
  name: "Cloud Storage on fake-gcs-server",
  open: async () => {
    const object = `shop ${++worlds}/gcp-dev.json`;
    return {
      open: () => open(`gs://states/${object}`),
      remove: () => api("DELETE", `/states/o/${encodeURIComponent(object)}`),
      loseAnswer: () => proxy.loseAnswer(),
      close: async () => undefined,
    };
  },
  runner: { describe, it },
});

it("says how to make the bucket that is not there", async () => {
  const write = open("gs://nowhere/shop").write("1", undefined, new AbortController().signal);
  await expect(write).rejects.toMatchObject({ code: "STATE_STORE_MISSING" });
});
