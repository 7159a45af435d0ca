import { pushedFunction } from "@alienplatform/sdk/push";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { entry } from "../src/entry.ts";
import { readSetCookie } from "../src/function/set-cookie.ts";

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.stubEnv("ALIEN_FUNCTION", JSON.stringify({ id: "worker", triggers: [], http: {} }));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** An app whose function "worker-tasks" is triggered by a queue, and whose fetch does this. */
function app(fetch: (request: Request) => unknown) {
  const load = async () => ({ default: { fetch } });
  const options = { file: "src/worker.ts", queues: async () => [] };
  return entry(pushedFunction(load, options), { "worker-tasks": "tasks" });
}

const request = (init: RequestInit = {}) => new Request("https://app.example/orders", init);

test("one cookie goes word for word, several as what the host writes them from", async () => {
  const set = (...cookies: readonly string[]) =>
    app(() => {
      const headers = new Headers();
      for (const cookie of cookies) headers.append("set-cookie", cookie);
      return new Response("", { headers });
    })(request(), { functionName: "worker-http" });
  expect(await set("a=%41; Partitioned")).toMatchObject({
    headers: { "set-cookie": "a=%41; Partitioned" },
    cookies: [],
  });
  expect((await set("a=1", "b=2; Path=/"))?.cookies).toEqual([
    { name: "a", value: "1" },
    { name: "b", value: "2", path: "/" },
  ]);
});

test("a cookie is read with all that the host takes of one", () => {
  const text =
    "id=a%20b; Domain=example.com; Path=/x; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Max-Age=60; Secure; HttpOnly; SameSite=none";
  expect(readSetCookie(text)).toEqual({
    name: "id",
    value: "a b",
    domain: "example.com",
    path: "/x",
    expires: new Date(Date.UTC(2026, 9, 21, 7, 28)),
    maxAge: 60,
    secure: true,
    httpOnly: true,
    sameSite: "None",
  });
  expect(readSetCookie("a=100%; Max-Age=soon; Expires=never; SameSite=?; New=1")).toEqual({
    name: "a",
    value: "100%",
  });
});

test("what a queue triggers is never taken for a request, and no message of an unknown one is", async () => {
  const fetch = vi.fn();
  const call = app(fetch);
  const message = { method: "POST", url: "https://app.example/", headers: [], arrayBuffer: "x" };
  await expect(call(message, { functionName: "worker-others" })).rejects.toMatchObject({
    code: "UNKNOWN_QUEUE",
  });
  await expect(call(request(), { functionName: "worker-tasks" })).rejects.toMatchObject({
    code: "HANDLER_MISSING",
  });
  expect(fetch).not.toHaveBeenCalled();
});

test("a body that cannot be read is 500, and said", async () => {
  const body = new ReadableStream({ pull: (stream) => stream.error(new Error("cut off")) });
  const broken = request({ method: "POST", body, ...{ duplex: "half" } });
  const answer = await app(() => new Response())(broken, { functionName: "worker-http" });
  expect([answer?.status, answer?.body]).toEqual([500, new Uint8Array()]);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ message: "cut off" });
});
