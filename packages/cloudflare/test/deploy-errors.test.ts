import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AlienError } from "@alienplatform/core";
import { expect, test } from "vitest";
import { AccountApi, ApiRefusal } from "../src/api-client.ts";
import { deployError } from "../src/deploy-errors.ts";

const system = (code: string) => Object.assign(new Error(code), { code });
const refusal = (status: number, code: number) => new ApiRefusal(status, [{ code, message: "no" }]);

test.each([
  [refusal(403, 10_000), "PERMISSION_DENIED", false],
  [refusal(404, 7_404), "NOT_READY", true],
  [refusal(400, 7_502), "NAME_TAKEN", true],
  [refusal(400, 7_500), "PLATFORM_REFUSED", false],
  [refusal(429, 971), "THROTTLED", true],
  [new ApiRefusal(502, []), "SERVICE_UNAVAILABLE", true],
  [
    Object.assign(new TypeError("fetch failed"), { cause: system("ECONNREFUSED") }),
    "SERVICE_UNAVAILABLE",
    true,
  ],
  [
    Object.assign(new TypeError("terminated"), { cause: system("UND_ERR_SOCKET") }),
    "SERVICE_UNAVAILABLE",
    true,
  ],
  [system("ECONNRESET"), "SERVICE_UNAVAILABLE", true],
  [new DOMException("late", "TimeoutError"), "SERVICE_UNAVAILABLE", true],
  [new DOMException("stopped", "AbortError"), "ABORTED", false],
  // Mistakes, which would come again.
  [new TypeError("queues is not iterable"), "PLATFORM_REFUSED", false],
  [new Error("invalid zip data"), "PLATFORM_REFUSED", false],
  [system("ERR_INVALID_ARG_TYPE"), "PLATFORM_REFUSED", false],
  ["a word", "PLATFORM_REFUSED", false],
])("%s is %s", (thrown, code, retryable) => {
  const error = deployError(thrown, 'making queue "tasks"');
  expect(error).toMatchObject({ code, retryable, cause: thrown });
  expect(error.message).toMatch(/^making queue "tasks" failed: /);
});

test("a connection that ends within an answer is the network's", async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{", () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens
  const api = new AccountApi({ account: "a", token: "t", endpoint: `http://127.0.0.1:${port}` });
  const { signal } = new AbortController();
  const thrown = await api.call("GET", "/queues", { signal }).catch((error: unknown) => error);
  server.close();
  expect(deployError(thrown, "x")).toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true });
});

test("ours go through as they are", () => {
  const own = new AlienError("NOT_READY", "wait");
  expect(deployError(own, "x")).toBe(own);
});
