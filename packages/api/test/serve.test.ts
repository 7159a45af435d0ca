import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { httpApi } from "@alienplatform/api";
import { type ServedApi, serveApi } from "@alienplatform/api/node";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ownPort } from "../../../test/own-port.ts";
import { listen } from "../src/node/listen.ts";
import { guardedStack } from "./guarded.ts";
import { servedTestQueues } from "./served.ts";

let queues: TestQueues;
beforeAll(async () => {
  queues = await createTestQueues(guardedStack);
});
afterAll(() => queues.close());

/** Not where dev looks for a port: others start and end there meanwhile. */
async function serve(): Promise<ServedApi> {
  const api = httpApi(servedTestQueues(guardedStack, queues), { clock: queues.clock });
  const served = await serveApi(async () => api, { port: await ownPort() });
  onTestFinished(() => served.close());
  return served;
}

/** Whether somebody listens there. */
async function answers(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false; // refused, or not there
  } finally {
    socket.destroy();
  }
}

describe("an API that is served", () => {
  it("listens on this machine alone (S1)", async () => {
    const { port, url } = await serve();
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: "ok" });
    expect(await answers("127.0.0.1", port)).toBe(true);
    const outside = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of outside)
      expect([address, await answers(address, port)]).toEqual([address, false]);
  });

  it("takes the next port that is free, or the one that is asked for and no other", async () => {
    const from = await ownPort();
    const take = async (port: number, exact: boolean) => {
      const taken = await listen((_request, response) => response.end(), port, exact);
      onTestFinished(() => taken.close(0));
      return taken.port;
    };
    const first = await take(from, false);
    expect(first).toBeGreaterThanOrEqual(from);
    expect(await take(first, false)).toBeGreaterThan(first);
    await expect(take(first, true)).rejects.toMatchObject({ code: "PORT_IN_USE" });
  });

  it("listens from port 4100 on where none is asked for", async () => {
    const served = await serveApi(() => new Promise(() => undefined));
    onTestFinished(() => served.close());
    expect(served.port).toBeGreaterThanOrEqual(4_100);
    expect(served.url).toBe(`http://localhost:${served.port}`);
  });

  it("ends what waits when it is closed, and gives its port back", async () => {
    const { port, url, close } = await serve();
    const events = await fetch(`${url}/events`);
    const waiting = fetch(`${url}/queues/tasks/receive`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"wait":"20s"}',
    }).then(
      (answer) => answer.status,
      () => "cut",
    );
    await fetch(`${url}/health`);
    await close();
    await expect(events.text()).resolves.toContain("retry: 2000");
    expect([200, 503, "cut"]).toContain(await waiting);
    expect(await answers("127.0.0.1", port)).toBe(false);
  });

  it("takes bodies in chunks, and changes that have no body at all", async () => {
    const { port } = await serve();
    const ask = (method: string, path: string, chunks: readonly string[], type?: string) =>
      asked(port, method, path, chunks, type);
    const json = "application/json";
    const send = "/queues/tasks/messages";
    expect(await ask("POST", send, ['{"payload"', ":12345678901234567890}"], json)).toBe(202);
    const large = Array.from({ length: 17 }, () => " ".repeat(64 * 1024));
    expect(await ask("POST", send, large, json)).toBe(413);
    expect(await ask("POST", send, ["{}"])).toBe(415);
    expect(await ask("POST", "/queues/tasks/resume", [])).toBe(200);
    expect(await ask("POST", "/queues/tasks/purge?confirm=tasks", [])).toBe(200);
    expect(await ask("DELETE", "/bindings/tasks?confirm=other", [], json)).toBe(400);
  });
});

/** The status of what is asked without a Content-Length: in chunks, or with no body at all. */
async function asked(
  port: number,
  method: string,
  path: string,
  chunks: readonly string[],
  type?: string,
): Promise<number | undefined> {
  const outgoing = request({ port, method, path, agent: false });
  if (type !== undefined) outgoing.setHeader("content-type", type);
  if (chunks.length === 0) outgoing.removeHeader("transfer-encoding");
  for (const chunk of chunks) outgoing.write(chunk);
  outgoing.end();
  const [answer] = await once(outgoing, "response");
  answer.resume();
  outgoing.on("error", () => undefined); // an answer before the end of the body may cut the rest of it
  await once(answer, "close");
  return answer.statusCode;
}
