import type { Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleSession } from "./support/console-session.ts";

let session: ConsoleSession;
let page: Page;

beforeAll(async () => {
  session = await ConsoleSession.open();
  ({ page } = await session.browser());
});
afterAll(() => session?.close());

/** A letter that is dead, in "reports". */
async function deadLetter(fail: string): Promise<string> {
  const { id } = await session.api<{ id: string }>("POST", "/queues/reports/messages", {
    payload: { fail },
  });
  for (;;) {
    const message = await session.api<{ state: string }>("GET", `/queues/reports/messages/${id}`);
    if (message.state === "dead") return id;
  }
}

/** Somebody else takes the letter away. */
function taken(id: string): Promise<unknown> {
  return session.api("DELETE", `/queues/reports/dead-letters/${id}?confirm=${id}`);
}

describe("what the console says", () => {
  it("is that a message is found though a page before it had none", async () => {
    for (let batch = 0; batch < 11; batch++) {
      await session.api("POST", "/queues/audit/messages/batch", {
        messages: Array.from({ length: 500 }, () => ({ payload: { who: "ann" } })),
      });
    }
    const { id } = await session.api<{ id: string }>("POST", "/queues/audit/messages", {
      payload: { who: "zoe" },
    });
    await page.goto(session.at("/search?q=queue:audit state:ready payload.who:zoe"));
    await page.getByRole("link").filter({ hasText: id }).waitFor();
    await page.getByText("1 message", { exact: true }).waitFor();
    await page.goto(session.at("/search?q=queue:audit state:ready payload.who:nobody"));
    await page.getByText("Nothing found").waitFor();
  });

  it("is that more is found when the list is gone along", async () => {
    await page.goto(session.at("/search?q=queue:audit state:ready payload.who:ann"));
    await page.getByText("200 messages so far").waitFor();
    await page.evaluate(`document.querySelector(".rows").scrollTop = 1e6`);
    await page.getByText("400 messages so far").waitFor();
  });

  it("is that it was too late, where a message has gone on meanwhile", async () => {
    const { id } = await session.api<{ id: string }>("POST", "/queues/audit/messages", {
      payload: { who: "dora" },
      delay: "2h",
    });
    await page.goto(session.at(`/queues/audit/messages/${id}`));
    const skip = page.getByRole("button", { name: "Skip the delay" });
    await skip.waitFor();
    await page.keyboard.press("p");
    await session.api("POST", `/queues/audit/messages/${id}/expedite`);
    await skip.click();
    await page.getByRole("status").getByText("Too late").waitFor();
    expect(await page.getByText("It is ready now").count()).toBe(0);
    await skip.waitFor({ state: "detached" });
  });

  it("is that a letter was not there any more, for one and for those selected", async () => {
    const [one, other] = [await deadLetter("once"), await deadLetter("twice")];
    await page.goto(session.at(`/queues/reports/messages/${one}`));
    await page.getByRole("button", { name: "Redrive" }).waitFor();
    await page.keyboard.press("p");
    await taken(one);
    await page.getByRole("button", { name: "Redrive" }).click();
    await page
      .getByRole("status")
      .getByText(/Too late/)
      .waitFor();
    const third = await deadLetter("thrice");
    await page.goto(session.at("/queues/reports/dead"));
    for (const id of [other, third]) await page.getByLabel(`Select ${id}`).check();
    await page.keyboard.press("p");
    await taken(other);
    const bar = page.getByRole("region", { name: "Selected letters" });
    await bar.getByRole("button", { name: "Discard" }).click();
    await page.getByLabel("Type reports to confirm").fill("reports");
    await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
    await page.getByText("1 letter discarded, 1 not there any more").waitFor();
  });

  it("is a question before a single letter is discarded", async () => {
    const id = await deadLetter("asks first");
    await page.goto(session.at(`/queues/reports/messages/${id}`));
    await page.getByRole("button", { name: "Discard" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    await session.api("GET", `/queues/reports/dead-letters/${id}`);
    await page.getByRole("button", { name: "Discard" }).click();
    await dialog.getByRole("button", { name: "Discard" }).click();
    await page.getByRole("status").getByText("Discarded").waitFor();
    await session.until("reports", ({ dead }) => dead === 0);
  });

  it("is that a page which another site has led to can only look, not that the server is another", async () => {
    await page.goto("about:blank");
    await page.setContent(`<a href="${session.at("/queues/audit/send")}">the console</a>`);
    await page.getByText("the console").click();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("alert").getByText("this page can only look").waitFor();
    expect(await page.getByText("started again").count()).toBe(0);
  });

  it("is nothing by itself of dead letters that a cloud has, and their list before their groups", async () => {
    await deadLetter("first");
    const other = await page.context().newPage();
    await other.route("**/health", (route) => answered(route, { platform: "aws" }));
    const seen: string[] = [];
    // Noted where the answers pass by: the browser tells of two requests in an order of its own.
    await other.route(/dead-letters(\/groups)?(\?|$)/, async (route) => {
      const url = route.request().url();
      // Not how one look goes on to its end.
      if (url.includes("after=")) return route.continue();
      const what = url.includes("/groups") ? "groups" : "list";
      seen.push(`${what} asked`);
      const response = await route.fetch();
      seen.push(`${what} told`);
      await route.fulfill({ response });
    });
    const look = ["list asked", "list told", "groups asked", "groups told"];
    const groups = other.getByRole("region", { name: "By error" });
    await other.goto(session.at("/queues/reports/dead"));
    await groups.getByText("first").waitFor();
    await deadLetter("second");
    await other.getByRole("link", { name: /^Dead\s*2/ }).waitFor();
    await other.getByRole("button", { name: "Look again" }).click();
    await groups.getByText("second").waitFor();
    expect(seen).toEqual([...look, ...look]);
    await other.close();
  });

  it("is read-only where the server is, and who has made it so", async () => {
    const other = await page.context().newPage();
    await other.route("**/health", (route) => answered(route, { readOnly: true }));
    await other.goto(session.at("/queues/audit/send"));
    await other.getByText("read-only", { exact: true }).waitFor();
    const send = other.getByRole("button", { name: "Send", exact: true });
    expect(await send.isDisabled()).toBe(true);
    expect(await send.getAttribute("title")).toContain("--read-only");
    await other.goto(session.at("/settings"));
    await other.getByText("started with --read-only").waitFor();
    await other.close();
  });
});

/** What the server answers, with something of another server's. */
async function answered(route: Route, more: object): Promise<void> {
  const response = await route.fetch();
  const own: object = JSON.parse(await response.text());
  await route.fulfill({ response, json: { ...own, ...more } });
}
