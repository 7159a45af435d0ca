import { createServer, type IncomingHttpHeaders } from "node:http";
import { UserRefreshClient } from "google-auth-library";
import { expect, onTestFinished, test } from "vitest";
import { TasksClient } from "../src/delays/tasks-client.ts";
import type { GoogleHeaders } from "../src/google-request.ts";
import { FirestoreClient } from "../src/table/firestore-client.ts";

/** What gcloud's application default credentials are after `gcloud auth application-default set-quota-project payer`. */
function gcloudUser(): UserRefreshClient {
  const client = new UserRefreshClient({ clientId: "c", clientSecret: "s", refreshToken: "r" });
  client.quotaProjectId = "payer";
  client.setCredentials({ access_token: "token", expiry_date: Number.MAX_SAFE_INTEGER });
  return client;
}

/** A Google that answers every request with nothing, and what it was sent. */
async function openEcho() {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers }, response) => {
    seen.push(headers);
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("it listens on a port");
  return { endpoint: `http://127.0.0.1:${address.port}`, seen };
}

const queue = "projects/p/locations/europe-west1/queues/q";
const serviceAccount = "a@p.iam.gserviceaccount.com";

test("each request names the project that the credentials say pays", async () => {
  const { endpoint, seen } = await openEcho();
  const tasks = new TasksClient({ queue, serviceAccount, endpoint }, gcloudUser());
  const table = new FirestoreClient({ project: "p", database: "d", endpoint }, gcloudUser());
  await tasks.list(undefined);
  await table.call(`${table.root}:commit`, { writes: [] }, undefined);
  const sent = {
    authorization: "Bearer token",
    "x-goog-user-project": "payer",
    "content-type": "application/json",
  };
  expect(seen).toMatchObject([sent, sent]);
});

test("a call that is aborted while nobody gives a token is answered", async () => {
  const { endpoint, seen } = await openEcho();
  const mute: GoogleHeaders = { getRequestHeaders: () => new Promise(() => undefined) };
  const tasks = new TasksClient({ queue, serviceAccount, endpoint }, mute);
  const table = new FirestoreClient({ project: "p", database: "d", endpoint }, mute);
  const aborting = new AbortController();
  const { signal } = aborting;
  const calls = [tasks.list(undefined, signal), table.call(table.root, undefined, signal)];
  aborting.abort(new Error("enough"));
  for (const call of calls) await expect(call).rejects.toThrow("enough");
  expect(seen).toEqual([]);
});
