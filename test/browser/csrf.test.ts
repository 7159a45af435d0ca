import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleSession } from "./support/console-session.ts";

/** Everything that changes something: what a page of somebody else would like to ask for. */
const CHANGES: readonly (readonly [method: string, path: string, body: object])[] = [
  ["POST", "/queues/audit/messages", { payload: "forged" }],
  ["POST", "/queues/audit/messages/batch", { messages: [{ payload: "forged" }] }],
  ["POST", "/queues/audit/purge?confirm=audit", {}],
  ["POST", "/queues/audit/pause", { reason: "forged" }],
  ["POST", "/queues/audit/receive", { max: 10 }],
  ["POST", "/queues/reports/dead-letters/redrive", { filter: {} }],
  ["POST", "/queues/reports/dead-letters/discard", { filter: {}, confirm: "reports" }],
  ["PUT", "/bindings/audit", { function: "spare" }],
  ["DELETE", "/bindings/emails?confirm=emails", {}],
  ["POST", "/clock/advance", { by: "1h" }],
];

/** Ways in which a page asks another origin; each runs in the page and ends when it has been asked. */
const WAYS: Readonly<Record<string, string>> = {
  "a form of text": `
    const frame = document.createElement("iframe");
    frame.name = "f" + Math.random();
    document.body.append(frame);
    const form = document.createElement("form");
    Object.assign(form, { method: "POST", action: url, enctype: "text/plain", target: frame.name });
    const field = document.createElement("input");
    field.name = body.slice(0, -1) + ',"x":"';
    field.value = '"}';
    form.append(field);
    document.body.append(form);
    await new Promise((resolve) => { frame.onload = resolve; form.submit(); });`,
  "a form of fields": `
    const frame = document.createElement("iframe");
    frame.name = "f" + Math.random();
    document.body.append(frame);
    const form = document.createElement("form");
    Object.assign(form, { method: "POST", action: url, target: frame.name });
    for (const [name, value] of Object.entries(JSON.parse(body))) {
      const field = document.createElement("input");
      Object.assign(field, { name, value });
      form.append(field);
    }
    document.body.append(form);
    await new Promise((resolve) => { frame.onload = resolve; form.submit(); });`,
  "fetch of JSON": `
    await fetch(url, { method, body, headers: { "content-type": "application/json" }, credentials: "include" }).catch(() => {});`,
  "fetch without CORS": `
    await fetch(url, { method: "POST", body, mode: "no-cors", headers: { "content-type": "text/plain" }, credentials: "include" }).catch(() => {});`,
  "a beacon": `
    navigator.sendBeacon(url, new Blob([body], { type: "text/plain" }));
    await fetch(location.href);`,
  "a picture": `
    await new Promise((resolve) => { const image = new Image(); image.onload = image.onerror = resolve; image.src = url; });`,
};

let session: ConsoleSession;
let page: Page;
let server: Server;

beforeAll(async () => {
  session = await ConsoleSession.open();
  ({ page } = await session.browser());
  server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>somebody else</title>");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  await session.api("POST", "/queues/audit/messages", { payload: "mine" });
  await session.api("POST", "/queues/reports/messages", { payload: { fail: "on purpose" } });
  await session.until("reports", ({ dead }) => dead === 1);
});
afterAll(async () => {
  server?.close();
  await session?.close();
});

/** All that a forged request would have changed. */
async function state() {
  const { items } = await session.api<{ items: readonly Record<string, unknown>[] }>(
    "GET",
    "/queues",
  );
  const counted = items.map(({ id, paused, consumer, stats }) => {
    const { ready, delayed, inFlight, dead } = stats as Record<string, number>; // as the API says
    return { id, paused, consumer, ready, delayed, inFlight, dead };
  });
  const { ahead } = await session.api<{ ahead: string }>("GET", "/clock");
  const operations = await session.api("GET", "/operations");
  return JSON.stringify({ counted, ahead, operations });
}

describe("a page of another origin", () => {
  it.each(["127.0.0.1", "other.localhost"])("at %s changes nothing in 60 ways", async (host) => {
    const { port } = server.address() as AddressInfo; // it listens on a port
    const before = await state();
    // Somebody has the console open in the same browser.
    const open = await page.context().newPage();
    await open.goto(session.at("/"));
    await page.goto(`http://${host}:${port}/`);
    let tried = 0;
    for (const [way, code] of Object.entries(WAYS)) {
      for (const [method, path, body] of CHANGES) {
        const values = { method, url: session.url + path, body: JSON.stringify(body) };
        await page.evaluate(
          `(async ({ method, url, body }) => { ${code} })(${JSON.stringify(values)})`,
        );
        tried++;
        expect(await state(), `${way}: ${method} ${path}`).toBe(before);
      }
    }
    expect(tried).toBe(60);
    await open.close();
  });

  it("would have changed something with the token, and on the page itself", async () => {
    const before = await state();
    await page.goto(session.at("/queues/audit/send"));
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("list", { name: "Sent" }).getByRole("link").waitFor();
    expect(await state()).not.toBe(before);
  });

  it("cannot read the page's token", async () => {
    const { port } = server.address() as AddressInfo; // the same
    await page.goto(`http://127.0.0.1:${port}/`);
    const read = await page.evaluate<string>(
      `fetch(${JSON.stringify(session.at("/"))}, { credentials: "include" }).then((answer) => answer.text(), () => "")`,
    );
    expect(read).toBe("");
    const framed = await page.evaluate<boolean>(`(async () => {
      const frame = document.createElement("iframe");
      frame.src = ${JSON.stringify(session.at("/"))};
      await new Promise((resolve) => { frame.onload = resolve; document.body.append(frame); });
      try { return frame.contentDocument.querySelector("meta[name=alien-api-token]") !== null; } catch { return false; }
    })()`);
    expect(framed).toBe(false);
  });
});
