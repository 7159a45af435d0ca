import { createServer } from "node:http";
import { VirtualClock } from "@alienplatform/bindings";
import { expect, onTestFinished, test } from "vitest";
import { FirestoreTable } from "../../src/table/firestore-table.ts";

/** A table of a server that answers every request so. */
async function tableAnswered(answer: (path: string) => readonly [number, string, string]) {
  let calls = 0;
  const server = createServer((request, response) => {
    calls++;
    const [code, status, message] = answer(request.url ?? "");
    response.writeHead(code, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code, status, message } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("it listens on a port");
  const endpoint = `http://127.0.0.1:${address.port}`;
  const given = { project: "p", database: "d", endpoint };
  return { table: new FirestoreTable(given, new VirtualClock()), calls: () => calls };
}

const item = { partition: "a", sort: "b", value: "c" };

test("a database in Datastore mode is an error of every call, and no condition", async () => {
  const message =
    "The Cloud Firestore API is not available for Firestore in Datastore Mode database projects/p/databases/d.";
  const { table } = await tableAnswered(() => [400, "FAILED_PRECONDITION", message]);
  const failed = { name: "AlienError", retryable: false };
  await expect(table.put(item, undefined)).rejects.toMatchObject(failed);
  await expect(table.get(item)).rejects.toMatchObject(failed);
  await expect(table.list("a", { limit: 10 })).rejects.toMatchObject(failed);
});

test("an item that is there when it is written and not when it is read ends in an error that may pass", async () => {
  const { table, calls } = await tableAnswered((path) =>
    path.endsWith(":commit") ? [409, "ALREADY_EXISTS", "there"] : [404, "NOT_FOUND", "not there"],
  );
  await expect(table.put(item, undefined)).rejects.toMatchObject({ retryable: true });
  expect(calls()).toBe(16);
});
