import { stateStoreConformance } from "@alienplatform/deploy/conformance";
import { CreateBucketCommand, DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openStateStore } from "../../packages/aws/src/state-store.ts";
import { LossyProxy } from "../lossy-proxy.ts";
import { refusal } from "./support/aws/aws-answer.ts";
import { startAws } from "./support/aws/start-aws.ts";

const { endpoint, region, proxy, moto } = await startAws();
const lossy = await LossyProxy.listen(moto);
afterAll(() => lossy.close());
vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
const s3 = new S3Client({ endpoint, region, forcePathStyle: true });
beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket: "states" }));
});

const signal = new AbortController().signal;
const open = (path: string) =>
  openStateStore(`s3://states/${path}`, { environment: process.env, region });

let worlds = 0;
/** With the endpoint in the environment, or in the URL, as for Cloudflare R2, whatever the environment says. */
for (const [name, parameters] of [
  ["S3", ""],
  ["what speaks S3's protocol", `?endpoint=${lossy.endpoint}&region=auto`],
]) {
  stateStoreConformance({
    name: `${name}, on moto`,
    open: async () => {
      // Of texts that are no JSON the other proxy understands nothing.
      vi.stubEnv("AWS_ENDPOINT_URL", parameters === "" ? lossy.endpoint : "http://127.0.0.1:1");
      const key = `shop ${++worlds}/aws-dev.json`;
      return {
        open: () => open(`${key}${parameters}`),
        remove: async () =>
          void (await s3.send(new DeleteObjectCommand({ Bucket: "states", Key: key }))),
        loseAnswer: () => lossy.loseAnswer(),
        close: async () => void vi.stubEnv("AWS_ENDPOINT_URL", endpoint),
      };
    },
    runner: { describe, it },
  });
}

it("leaves open who won where a write meets another one under way, so that it is tried again", async () => {
  const store = open("shop/aws-conflict");
  const text = "The conditional request cannot succeed due to a conflicting operation.";
  const away = proxy.use(async (call) => refusal(call, 409, "ConditionalRequestConflict", text));
  await expect(store.write("1", undefined, signal)).rejects.toMatchObject({
    code: "NOT_READY",
    retryable: true,
  });
  away();
  expect(await store.write("1", undefined, signal)).toBeDefined();
  await store.close();
});

it("says how to make the bucket that is not there", async () => {
  const store = openStateStore("s3://nowhere-at-all/shop", { environment: process.env, region });
  for (const call of [() => store.read(signal), () => store.write("1", undefined, signal)]) {
    await expect(call()).rejects.toMatchObject({
      code: "STATE_STORE_MISSING",
      fix: expect.stringContaining("aws s3 mb s3://nowhere-at-all"),
    });
  }
  await store.close();
});

it("says which statements are missing where S3 says no more than no", async () => {
  const store = open("shop/aws-denied");
  const away = proxy.use(async (call) => refusal(call, 403, "AccessDenied", "Access Denied"));
  await expect(store.read(signal)).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    message: "reading the state s3://states/shop/aws-denied failed: Access Denied",
    fix: expect.stringContaining("s3:ListBucket"),
  });
  away();
  await store.close();
});
