import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ownPort } from "../../../test/own-port.ts";
import { PubSubClient, readPushIdentity } from "../src/client.ts";
import { thrownError } from "../src/errors.ts";
import { openWire } from "./wire/open-wire.ts";

const { server, open } = await openWire();

describe("the client of Pub/Sub", () => {
  it("does not follow PUBSUB_EMULATOR_HOST: without an endpoint it asks for credentials", async () => {
    const { queue, methods } = await open();
    const emulator = await ownPort();
    vi.stubEnv("PUBSUB_EMULATOR_HOST", `127.0.0.1:${emulator}`);
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json");
    onTestFinished(() => void vi.unstubAllEnvs());
    const client = new PubSubClient({});
    const thrown = await client.publish(queue.topic, [{ data: Buffer.from("a") }]).catch(String);
    expect(thrown).toMatch(/nowhere\/key\.json/);
    await client.close();
    expect(methods()).toEqual([]);
  });

  it("tries again after it could not be opened", async () => {
    const { queue } = await open();
    const client = new PubSubClient({});
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json");
    onTestFinished(() => void vi.unstubAllEnvs());
    const publish = () => client.publish(queue.topic, [{ data: Buffer.from("a") }]).catch(String);
    expect(await publish()).toMatch(/nowhere\/key\.json/);
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/elsewhere/key.json");
    expect(await publish()).toMatch(/elsewhere\/key\.json/);
    await client.close();
  });

  it("gives up a call with its signal, and makes none where it has fired", async () => {
    const { queue, methods } = await open();
    const { client, topic } = queue;
    const messages = [{ data: Buffer.from("a") }];
    const release = server.holdNext("Publish");
    const controller = new AbortController();
    const calling = client.publish(topic, messages, { signal: controller.signal });
    await vi.waitFor(() => expect(methods()).toEqual(["Publish"]), 60_000);
    controller.abort();
    await expect(calling).rejects.toMatchObject({ code: 1 });
    release();
    const fired = client.publish(topic, messages, { signal: AbortSignal.abort() });
    await expect(fired).rejects.toMatchObject({ code: "ABORTED" });
    expect(methods()).toEqual(["Publish"]);
  });

  it("closes more than once, and without a call", async () => {
    const { queue } = await open();
    await queue.client.close();
    await queue.client.close();
  });

  it("names what keeps it from the service, and that it passes", async () => {
    const endpoint = `http://127.0.0.1:${await ownPort()}`;
    const client = new PubSubClient({ endpoint });
    const thrown = await client
      .publish("projects/p/topics/t", [], { timeoutMs: 2_000 })
      .catch((error: unknown) => thrownError('sending to queue "tasks"', error));
    expect(thrown).toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true });
    await client.close();
  });
});

describe("who may push", () => {
  it("is in the environment", () => {
    const environment = {
      ALIEN_PUSH_AUDIENCE: "https://worker.a.run.app",
      ALIEN_PUSH_SERVICE_ACCOUNT: "pusher@p.iam.gserviceaccount.com",
    };
    expect(readPushIdentity(environment)).toEqual({
      audience: "https://worker.a.run.app",
      serviceAccount: "pusher@p.iam.gserviceaccount.com",
    });
    const { ALIEN_PUSH_SERVICE_ACCOUNT: _, ...half } = environment;
    expect(() => readPushIdentity(half)).toThrow("ALIEN_PUSH_SERVICE_ACCOUNT is not in");
  });
});

describe("an error", () => {
  it("shows no acknowledgement id", () => {
    const id = "RFAGFixdRkhRNxkIaFEOT14jPzUgKEUSBggUBXx9YVp1bTMkLhVoaFEOT14j";
    const { message } = thrownError("settling", new Error(`Invalid ack id (ack_id=${id})`));
    expect(message).toBe("settling failed: Invalid ack id (…)");
  });
});
