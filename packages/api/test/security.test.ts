import type { HttpApiOptions } from "@alienplatform/api";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ask } from "./ask.ts";
import { bearer, guarded, guardedStack, TOKEN } from "./guarded.ts";

let queues: TestQueues;
let ask: Ask;
let served: (options?: HttpApiOptions) => Ask;

beforeAll(async () => {
  queues = await createTestQueues(guardedStack);
  served = (options) => guarded(queues, options);
  ask = served();
});
afterAll(() => queues.close());

describe("DNS rebinding (S2)", () => {
  const good = [
    "localhost",
    "localhost:4100",
    "LOCALHOST:4100",
    "127.0.0.1",
    "127.0.0.1:4100",
    "[::1]",
    "[::1]:4100",
  ];
  const bad = [
    "evil.com",
    "evil.com:4100",
    "localhost.evil.com",
    "localhost.evil.com:4100",
    "evil.localhost",
    "localhost.",
    "localhost.:4100",
    "127.0.0.1.",
    "127.0.0.1.nip.io",
    "127.0.0.1.nip.io:4100",
    "127.0.0.1.evil.com",
    "127.0.0.2",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0.0.0.0",
    "0.0.0.0:4100",
    "0",
    "[::]",
    "[::]:4100",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "[::1].evil.com",
    "::1",
    "[::1",
    "::1]",
    "localhost:4100:80",
    "localhost:",
    "localhost:port",
    "localhost:4100@evil.com",
    "user@localhost",
    "localhost@evil.com",
    "localhost/evil.com",
    "localhost?evil.com",
    "localhost#evil.com",
    "localhost,evil.com",
    "localhost evil.com",
    "evil.com localhost",
    "ⅼocalhost".normalize("NFC").replace("ⅼ", "1"),
    "loca1host",
    "-localhost",
    "localhost_",
    "192.168.0.7",
    "169.254.169.254",
    "[fe80::1]",
  ];
  const paths = [
    "/queues",
    "/events",
    "/console/",
    "/console/assets/app-1a2b3c4d.js",
    "/openapi.json",
    "/nowhere",
  ];

  it(`refuses ${bad.length} names on every kind of route, and takes ${good.length}`, async () => {
    expect(bad.length).toBeGreaterThanOrEqual(40);
    const wrong: string[] = [];
    for (const host of bad) {
      for (const path of paths) {
        const { status, text } = await ask("GET", path, undefined, { host });
        if (status !== 403 || !text.includes("PERMISSION_DENIED")) wrong.push(`${host} ${path}`);
      }
    }
    expect(wrong).toEqual([]);
    for (const host of good) {
      expect([host, (await ask("GET", "/queues", undefined, { host })).status]).toEqual([
        host,
        200,
      ]);
    }
  });

  it("takes no host only of what names no origin", async () => {
    expect((await ask("GET", "/queues")).status).toBe(200);
    expect((await ask("GET", "/queues", undefined, { origin: "http://evil.com" })).status).toBe(
      403,
    );
  });
});

describe("a page of another site (S3)", () => {
  const send = (headers: Readonly<Record<string, string>>) =>
    ask("POST", "/queues/tasks/messages", "{}", { host: "localhost:4100", ...bearer, ...headers });

  it.each([
    ["cross-site", { "sec-fetch-site": "cross-site" }],
    ["of the same site", { "sec-fetch-site": "same-site" }],
    ["with an origin of its own", { origin: "http://evil.com" }],
    ["on another port", { origin: "http://localhost:3000" }],
    ["without an origin to tell", { origin: "null" }],
  ])("changes nothing: %s", async (_, headers) => {
    expect((await send(headers)).status).toBe(403);
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=a",
    "application/jsonp",
  ])("changes nothing with a form's type: %s", async (type) => {
    expect((await send({ "content-type": type })).status).toBe(415);
  });

  it("changes nothing without the token, or with another, or with a cookie alone", async () => {
    for (const headers of [
      {},
      { authorization: "Bearer other" },
      { authorization: `Basic ${TOKEN}` },
      { cookie: `alien-token=${TOKEN}` },
    ]) {
      const refused = await ask("POST", "/queues/tasks/messages", {}, headers);
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toBe('Bearer realm="alien"');
    }
  });

  it("is what the console and programs are not", async () => {
    expect(
      (await send({ "sec-fetch-site": "same-origin", origin: "http://localhost:4100" })).status,
    ).toBe(202);
    expect((await send({})).status).toBe(202);
  });

  it("changes nothing by a GET: no route that looks does more", async () => {
    const { body } = await ask("GET", "/openapi.json");
    const paths = Object.entries(body.paths as Record<string, object>);
    const before = (await ask("GET", "/queues/tasks")).body.stats;
    for (const [path, methods] of paths) {
      if (!("get" in methods) || path === "/events") continue;
      await ask(
        "GET",
        path.replace("{queue}", "tasks").replace("{id}", "x").concat("?queue=tasks"),
      );
    }
    expect((await ask("GET", "/queues/tasks")).body.stats).toEqual(before);
  });
});

describe("what every answer says to a browser (S4)", () => {
  it("is the same on all routes, refusals too", async () => {
    const { body } = await ask("GET", "/openapi.json");
    const asked = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
    );
    asked.push(
      ["GET", "/nowhere"],
      ["GET", "/openapi.json"],
      ["GET", "/"],
      ["PATCH", "/queues"],
      ["OPTIONS", "/queues"],
    );
    const seen = new Set<string>();
    for (const [method, path] of asked) {
      const url = path.replace("{queue}", "tasks").replace("{id}", "x");
      const { headers } = await ask(method, url, method === "GET" ? undefined : {}, bearer);
      seen.add(JSON.stringify(securityOf(headers)));
    }
    expect([...seen].map((text) => JSON.parse(text))).toEqual([
      {
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      },
    ]);
    expect(asked.length).toBeGreaterThan(40);
  });

  it("lets the console run its own scripts, with a nonce that is drawn anew", async () => {
    const page = await ask("GET", "/console/queues/tasks");
    const policy = page.headers.get("content-security-policy") ?? "";
    const nonce = /'nonce-([A-Za-z0-9+/=]{22,})'/.exec(policy)?.[1];
    expect(page.text).toContain(`<script nonce="${nonce}" src=`);
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain("unsafe");
    const again = await ask("GET", "/console/queues/tasks");
    expect(again.headers.get("content-security-policy")).not.toBe(policy);
    const asset = await ask("GET", "/console/assets/app-1a2b3c4d.js");
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect((await ask("GET", "/console/assets/none.js")).status).toBe(404);
    expect((await ask("GET", "/")).headers.get("location")).toBe("/console/");
  });

  it("takes an address that is no text for wrong", async () => {
    expect((await ask("GET", "/console/%E0%A4")).status).toBe(400);
  });

  it("lets no page of another site hold a stream, or have the queues looked at", async () => {
    const get = (path: string, site: string, mode: string) =>
      ask("GET", path, undefined, { "sec-fetch-site": site, "sec-fetch-mode": mode });
    for (const path of ["/events", "/queues", "/queues/tasks/samples"]) {
      expect([path, (await get(path, "cross-site", "no-cors")).status]).toEqual([path, 403]);
      expect([path, (await get(path, "same-origin", "cors")).status]).toEqual([path, 200]);
    }
    expect((await get("/events", "cross-site", "navigate")).status).toBe(403);
    expect((await get("/console/", "cross-site", "navigate")).status).toBe(200);
  });

  it("allows no other origin to read", async () => {
    const { headers } = await ask("GET", "/queues", undefined, {
      host: "localhost",
      origin: "http://evil.com",
    });
    expect(headers.get("access-control-allow-origin")).toBe(null);
  });
});

describe("the token of the page", () => {
  it("is in it where somebody opens it, and not where a page of another site does", async () => {
    const open = (site: string, mode: string) =>
      ask("GET", "/console/", undefined, {
        host: "localhost:4100",
        "sec-fetch-site": site,
        "sec-fetch-mode": mode,
      });
    expect((await open("none", "navigate")).text).toContain(TOKEN);
    expect((await open("same-origin", "navigate")).text).toContain(TOKEN);
    for (const [site, mode] of [
      ["cross-site", "navigate"],
      ["cross-site", "no-cors"],
      ["same-site", "navigate"],
      ["same-origin", "cors"],
    ] as const) {
      expect((await open(site, mode)).text).not.toContain(TOKEN);
    }
  });

  it("is asked for everywhere where others can reach the API; a cookie of it is enough to look", async () => {
    const far = served({ tokenFor: "everything", hosts: ["queues.example"] });
    const get = (path: string, headers = {}) =>
      far("GET", path, undefined, { host: "queues.example", ...headers });
    for (const path of [
      "/queues",
      "/events",
      "/openapi.json",
      "/console/",
      "/console/assets/app-1a2b3c4d.js",
    ]) {
      expect([path, (await get(path)).status]).toEqual([path, 401]);
    }
    expect((await get("/health")).status).toBe(200);
    const entered = await get(`/console/?token=${TOKEN}`);
    expect(entered).toMatchObject({ status: 303 });
    expect(entered.headers.get("location")).toBe("/console/");
    const cookie = entered.headers.get("set-cookie") ?? "";
    expect(cookie).toContain("HttpOnly");
    // Browsers send it to whatever else listens on that host.
    expect(cookie).not.toContain(TOKEN);
    const shown = cookie.split(";")[0]?.split("=")[1];
    expect((await get("/queues", { authorization: `Bearer ${shown}` })).status).toBe(401);
    expect((await get("/queues", { cookie: `alien-token=${TOKEN}` })).status).toBe(401);
    expect(cookie).toContain("SameSite=Strict");
    const { status, text } = await get("/console/", { cookie: cookie.split(";")[0] ?? "" });
    expect(status).toBe(200);
    expect(text).toContain(TOKEN);
    expect((await get("/console/?token=wrong")).status).toBe(401);
  });
});

it("an API that only looks refuses every change, says so, and asks for no token to do so", async () => {
  const looking = served({ readOnly: true });
  const refused = await looking("POST", "/queues/tasks/messages", {});
  expect(refused).toMatchObject({ status: 403, body: { detail: "this API only looks" } });
  expect((await looking("GET", "/health")).body).toMatchObject({ readOnly: true });
  expect((await ask("GET", "/health")).body).not.toHaveProperty("readOnly");
  expect((await looking("POST", "/queues/tasks/messages", {}, bearer)).status).toBe(403);
  expect((await looking("GET", "/queues")).status).toBe(200);
});

function securityOf(headers: Headers): Record<string, string> {
  const names = [
    "content-security-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
  ];
  return Object.fromEntries(
    [...headers].filter(([name]) => names.includes(name) || name.startsWith("cross-origin")).sort(),
  );
}
