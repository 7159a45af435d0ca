import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import { inTemporaryDirectory } from "../../examples/in-temporary-directory.ts";
import { Program } from "../../examples/program.ts";

const folder = fileURLToPath(new URL("../../examples/http-consumer", import.meta.url));
// docs/http-consumers.md shows receiver.py.
const secret = "of this test";

/** What a test has started, also where it did not come to its end. */
const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

it("a consumer in Python verifies what dev posts, and its answer acknowledges it", () =>
  inTemporaryDirectory(async (directory) => {
    vi.stubEnv("ALIEN_SIGNING_SECRET", secret);
    const receiver = await startPython();
    vi.stubEnv("PORT", receiver.port);
    const dev = new Program("./http-consumer", "dev", directory, ["--json"]);
    stops.push(() => dev.stop());
    try {
      await dev.says('"ready"');
      const sender = new Program("./http-consumer", "send", directory);
      expect(await sender.ends(), sender.lines.join("\n")).toBe(0);
      expect([await receiver.says(), await receiver.says()].sort()).toEqual([
        "billed 2 at attempt 1",
        "billed 40 at attempt 1",
      ]);
      await dev.says('"outcome":"ack"');
      expect(dev.lines.join("\n")).not.toContain('"outcome":"retry"');
    } finally {
      // Before its directory goes.
      await dev.stop();
    }
  }));

it("a consumer in Python refuses what is forged, changed or old", async () => {
  const receiver = await startPython();
  const body = '{"id":"1","payload":{"total":5},"attempt":1}';
  const now = Math.floor(Date.now() / 1_000);
  const post = async (signature: string | undefined, sent = body) => {
    const headers = signature === undefined ? {} : { "x-alien-signature": signature };
    const url = `http://127.0.0.1:${receiver.port}/jobs`;
    const { status } = await fetch(url, { method: "POST", body: sent, headers });
    return status;
  };
  expect(await post(signatureOf(body, now))).toBe(200);
  // Another secret's beside it, as while one replaces the other.
  expect(await post(`${signatureOf(body, now)},v1=${"0".repeat(64)}`)).toBe(200);
  expect(await post(undefined)).toBe(401);
  expect(await post(signatureOf(body, now, "another secret"))).toBe(401);
  expect(await post(signatureOf(body, now), body.replace("5", "6"))).toBe(401);
  expect(await post(signatureOf('{"id":"2"}', now))).toBe(401);
  expect(await post(signatureOf(body, now).replace(/t=\d+/, `t=${now - 1}`))).toBe(401);
  expect(await post(signatureOf(body, now - 400))).toBe(401);
  expect(await post(signatureOf(body, now + 400))).toBe(401);
  expect(await post("t=,v1=")).toBe(401);
  expect(await post(`t=${now},v1=\u00e9`)).toBe(401);
});

/** The recipe of the documents, written down once more without any code of ours. */
function signatureOf(body: string, t: number, by = secret): string {
  return `t=${t},v1=${createHmac("sha256", by).update(`${t}.${body}`).digest("hex")}`;
}

/** Runs receiver.py; fails where this machine has no Python 3. */
async function startPython() {
  const child = spawn("python3", ["receiver.py"], {
    cwd: folder,
    env: { ...process.env, ALIEN_SIGNING_SECRET: secret, PORT: "0" },
    // Each request is a line on stderr.
    stdio: ["ignore", "pipe", "ignore"],
  });
  const closed = once(child, "close");
  await once(child, "spawn");
  stops.push(() => {
    child.kill();
    return closed;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const says = async () => String((await lines.next()).value);
  const port = /(\d+)\)/.exec(await says())?.[1];
  if (port === undefined) throw new Error("receiver.py did not say where it listens");
  return { port, says };
}
