import { VirtualClock } from "@alienplatform/bindings";
import { type OpenTable, tableConformance } from "@alienplatform/bindings/conformance";
import { Miniflare } from "miniflare";
import { afterAll, describe, expect, it, test, vi } from "vitest";
import { byBinding, type D1Binding, linkOf } from "../../src/table/d1-link.ts";
import { D1Table } from "../../src/table/d1-table.ts";
import { SCHEMA } from "../../src/table/schema.ts";
import { D1_WORKER, d1Database } from "./d1-database.ts";
import { D1Server } from "./d1-server.ts";

const miniflare = new Miniflare({
  modules: true,
  script: D1_WORKER,
  d1Databases: ["TABLE", "EMPTY"],
});
afterAll(() => miniflare.dispose());
const binding = d1Database(miniflare, "TABLE");
const empty = d1Database(miniflare, "EMPTY");
for (const statement of Object.values(SCHEMA)) await binding.prepare(statement).bind().all();

const inWorker: OpenTable = async (clock) => {
  const open = async (database: D1Binding) => new D1Table({ link: byBinding(database), clock });
  return {
    table: await open(binding),
    another: () => open(binding),
    missing: () => open(empty),
    close: async () => undefined,
  };
};

tableConformance({
  name: "D1 on workerd, by a Worker's binding",
  open: inWorker,
  runner: { describe, it },
});

const server = await D1Server.listen(binding);
afterAll(() => server.close());

const overHttp: OpenTable = async (clock) => {
  vi.stubEnv("CLOUDFLARE_API_TOKEN", D1Server.token);
  const open = async (endpoint = server.endpoint, database = D1Server.database) => {
    const link = linkOf({ kind: "http", account: "account", database, endpoint });
    return new D1Table({ link, clock });
  };
  return {
    table: await open(),
    another: () => open(),
    at: (address) => open(`http://${address}`),
    missing: () => open(server.endpoint, "another"),
    close: async () => void vi.unstubAllEnvs(),
  };
};

tableConformance({
  name: "D1 on workerd, over HTTP",
  open: overHttp,
  runner: { describe, it },
});

test("what is over for a day is removed by later puts, and nothing else is", async () => {
  const clock = new VirtualClock();
  const table = new D1Table({ link: byBinding(binding), clock, sweepOneIn: 1 });
  const rows = async () => {
    const statement = "SELECT sort FROM items WHERE part = ?1 ORDER BY sort";
    const { results } = await binding.prepare(statement).bind("swept").all();
    return results.map(({ sort }) => sort);
  };
  const put = (sort: string, expiresAt?: number) =>
    table.put(
      { partition: "swept", sort, value: "", ...(expiresAt === undefined ? {} : { expiresAt }) },
      undefined,
    );
  await put("forever");
  await put("soon", clock.now() + 1_000);
  await put("later", clock.now() + 2_000);
  await clock.advance("1d");
  await put("next");
  expect(await rows()).toEqual(["forever", "later", "next", "soon"]);
  await clock.advance(1_000);
  await put("last");
  expect(await rows()).toEqual(["forever", "last", "later", "next"]);
});

test("a token that may not is told so", async () => {
  const { database } = D1Server;
  const { endpoint } = server;
  const link = linkOf({ kind: "http", account: "account", database, endpoint });
  vi.stubEnv("CLOUDFLARE_API_TOKEN", "another");
  const table = new D1Table({ link, clock: new VirtualClock() });
  await expect(table.get({ partition: "a", sort: "b" })).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    retryable: false,
  });
  vi.unstubAllEnvs();
});
