import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleSession } from "./support/console-session.ts";
import { vectors } from "./support/vectors.ts";

let session: ConsoleSession;
let page: Page;
const requested: string[] = [];

/** Runs in the page before anything of it. */
const LISTEN = `
  window.hits = [];
  window.hit = () => window.hits.push("a script of a message has run");
  window.alert = window.hit;
  document.addEventListener("securitypolicyviolation", (event) =>
    window.hits.push("the policy forbade " + event.violatedDirective + " " + event.blockedURI));
`;

beforeAll(async () => {
  session = await ConsoleSession.open();
  const opened = await session.browser();
  page = opened.page;
  await opened.context.addInitScript(LISTEN);
  opened.context.on("request", (request) => requested.push(new URL(request.url()).origin));
});
afterAll(() => session?.close());

const texts = (part: readonly string[]) => Object.fromEntries(part.map((text) => [text, text]));

describe("two hundred texts that are markup", () => {
  it("are there: in payloads, keys, errors, attributes, groups, concurrency keys and reasons", async () => {
    expect(new Set(vectors).size).toBe(200);
    const send = (queue: string, messages: readonly object[]) =>
      session.api("POST", `/queues/${queue}/messages/batch`, { messages });
    await send(
      "payments",
      vectors.map((text) => ({ payload: { fail: text }, group: text })),
    );
    await send(
      "reports",
      Array.from({ length: 20 }, (_, index) => {
        const part = vectors.slice(index * 10, index * 10 + 10);
        return {
          payload: { fail: part[0], part, ...texts(part) },
          attributes: Object.fromEntries(part.map((text, at) => [`a${at}`, text])),
          concurrency: { key: part[1], limit: 1 },
        };
      }),
    );
    await send(
      "audit",
      vectors.map((text) => ({ payload: text, kind: "text" })),
    );
    await session.until("payments", ({ dead }) => dead === 200);
    await session.until("reports", ({ dead }) => dead === 20);
    await session.api("POST", "/queues/audit/pause", { reason: vectors.slice(0, 8).join("") });
  });

  it("run nowhere, and the policy has nothing to forbid", async () => {
    const { items } = await session.api<{ items: readonly { id: string }[] }>(
      "GET",
      "/queues/reports/dead-letters?limit=100",
    );
    const text = encodeURIComponent(vectors[1] ?? "");
    const places = [
      "/",
      "/dead",
      "/bindings",
      "/queues/audit",
      "/queues/audit?view=ready",
      "/queues/payments?view=details",
      "/queues/payments/dead",
      `/queues/payments/dead?error=${text}&code=${text}&where=a:${text}`,
      "/queues/reports/dead",
      "/jobs?queue=payments",
      `/jobs?queue=reports&status=${text}`,
      "/search?q=state:dead",
      `/search?q=${text}`,
      `/queues/${text}`,
      `/queues/audit/messages/${text}`,
      `/${text}`,
      ...items.flatMap(({ id }) => [`/queues/reports/messages/${id}`]),
      ...items.slice(0, 2).map(({ id }) => `/queues/reports/send?from=${id}`),
    ];
    const hits: string[] = [];
    for (const place of places) {
      await page
        .goto(session.at(place), { waitUntil: "networkidle", timeout: 20_000 })
        .catch(() => undefined);
      await page.locator("main h1, main h2").first().waitFor();
      // What is windowed is drawn when it is scrolled to.
      await page.evaluate(
        `for (const list of document.querySelectorAll(".rows")) list.scrollTop = 1e6`,
      );
      for (const folded of await page.locator("summary, [aria-expanded=false]").all()) {
        await folded.click({ timeout: 2_000 }).catch(() => undefined);
      }
      const found = await page.evaluate<readonly string[]>("window.hits");
      hits.push(...found.map((hit) => `${place}: ${hit}`));
      expect(
        await page.locator("main :is(script, iframe, object, embed, base, style)").count(),
      ).toBe(0);
    }
    expect(hits).toEqual([]);
    expect(new Set(requested)).toEqual(new Set([session.url]));
  });

  it("would have been seen", async () => {
    await page.goto(session.at("/"));
    await page.evaluate(
      `document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=hit()>")`,
    );
    await page.waitForFunction("window.hits.length > 0");
    expect(await page.evaluate<string>("window.hits[0]")).toContain("the policy forbade");
  });
});
