import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ownPort } from "../own-port.ts";
import { root } from "../source-files.ts";
import { ConsoleSession, PATIENCE_MS } from "./support/console-session.ts";

let session: ConsoleSession;
let page: Page;
let wrong: readonly string[];

beforeAll(async () => {
  // It goes away in one test, and comes back there.
  session = await ConsoleSession.open({}, await ownPort());
  ({ page, wrong } = await session.browser());
});
afterAll(() => session?.close());
beforeEach(({ onTestFailed, task }) => {
  onTestFailed(async () => {
    const name = task.name.replaceAll(/[^a-z]+/gi, "-");
    await page.screenshot({ path: join(root, "out/screenshots", `failed-${name}.png`) });
  });
});

describe("somebody at the console", () => {
  it("sees every queue, and which one nobody consumes", async () => {
    await session.api("POST", "/queues/audit/messages", { payload: { who: "ann" } });
    await page.goto(session.at("/"));
    const table = page.getByRole("table");
    for (const queue of ["emails", "payments", "reports", "audit"]) {
      await table.getByRole("link", { name: queue, exact: true }).waitFor();
    }
    await page.getByText("no function consumes it").waitFor();
  });

  it("waits for one answer of each kind, for which is asked before the script is there", async () => {
    const other = await page.context().newPage();
    const asked: string[] = [];
    other.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await other.goto(session.at("/"));
    await other.getByRole("table").getByRole("link", { name: "audit", exact: true }).waitFor();
    expect(asked.filter((path) => path === "/health")).toHaveLength(1);
    expect(asked.filter((path) => path === "/queues")).toHaveLength(1);
    const first = asked.filter((path) => !/\.(js|svg)$/.test(path)).slice(0, 3);
    expect(first).toEqual(["/console/", "/health", "/queues"]);
    await other.close();
  });

  it("sends by the form of the schema, and sees it handled live", async () => {
    const other = await page.context().newPage();
    await other.goto(session.at("/queues/emails"));
    await other.getByText("Quiet so far").waitFor();
    await page.goto(session.at("/queues/emails/send"));
    await page.getByLabel("to", { exact: true }).fill("ann@example.com");
    await page.getByRole("combobox", { name: "template" }).selectOption("welcome");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const sent = page.getByRole("list", { name: "Sent" }).getByRole("link");
    const id = (await sent.textContent()) ?? "";
    for (const event of ["sent", "taken", "acked"]) {
      await other.getByRole("link").filter({ hasText: event }).filter({ hasText: id }).waitFor();
    }
    await other.close();
    await sent.click();
    await page.getByText("Attempt 1 succeeded").waitFor();
    await page.getByText('"ann@example.com"').first().waitFor();
  });

  it("is told what is missing, and what is no JSON, before anything is sent", async () => {
    await page.goto(session.at("/queues/emails/send"));
    const send = page.getByRole("button", { name: "Send", exact: true });
    await page.getByText("to, template are missing").waitFor();
    expect(await send.isDisabled()).toBe(true);
    await page.getByText("JSON", { exact: true }).click();
    await page.getByRole("textbox", { name: "Payload" }).fill('{ "to": ');
    await page.getByRole("alert").filter({ hasText: "JSON" }).waitFor();
    expect(await send.isDisabled()).toBe(true);
  });

  it("edits and redrives a dead letter, which then succeeds", async () => {
    await session.api("POST", "/queues/emails/messages", {
      payload: { to: "nobody", template: "welcome" },
    });
    await page.goto(session.at("/queues/emails/dead"));
    await page
      .getByRole("region", { name: "By error" })
      .getByText("no mailbox of this name")
      .waitFor();
    await page.getByRole("list", { name: "Dead letters" }).getByRole("link").first().click();
    await page.getByText("Attempt 2 failed").first().waitFor();
    await page.getByText("Stack").first().click();
    await page
      .getByText(/worker\.ts:\d+/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const editor = page.getByRole("dialog").getByLabel("Payload");
    await editor.fill((await editor.inputValue()).replace("nobody", "bob@example.com"));
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText('"bob@example.com"').waitFor();
    await page.getByRole("button", { name: "Redrive" }).click();
    await page.getByText("Attempt 1 succeeded").waitFor();
    await page.getByText('"bob@example.com"').first().waitFor();
  });

  it("keeps big integers as they are, from the editor to the tree and back", async () => {
    const big = "12345678901234567890123";
    await page.goto(session.at("/queues/audit/send"));
    await page.getByRole("textbox", { name: "Payload" }).fill(`{"big":${big},"ratio":1.10}`);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("list", { name: "Sent" }).getByRole("link").click();
    await page.getByText(big).waitFor();
    await page.getByText("1.10").waitFor();
    await page.getByRole("button", { name: "Copy the payload" }).click();
    const copied = await page.evaluate<string>("navigator.clipboard.readText()");
    expect(copied).toContain(big);
    await page.getByRole("button", { name: "Edit and resend" }).click();
    const payload = page.getByRole("textbox", { name: "Payload" });
    await expect.poll(() => payload.inputValue(), { timeout: PATIENCE_MS }).toContain(big);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("list", { name: "Sent" }).getByRole("link").click();
    await page.getByText(big).waitFor();
  });

  it("pauses a queue with a reason, and resumes it", async () => {
    await page.goto(session.at("/queues/reports"));
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByLabel("Reason").fill("the printer is on fire");
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused: the printer is on fire").first().waitFor();
    const { id } = await session.api<{ id: string }>("POST", "/queues/reports/messages", {
      payload: { month: 7 },
    });
    await page.getByRole("link", { name: /^Ready/ }).click();
    await page.getByRole("link").filter({ hasText: id }).waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("Nothing waits").waitFor();
    await page.goto(session.at(`/queues/reports/messages/${id}`));
    await page.getByText('"rows"').or(page.getByText("rows")).first().waitFor();
  });

  it("purges only after the queue's name is typed", async () => {
    await session.api("POST", "/queues/audit/messages", { payload: 1 });
    await page.goto(session.at("/queues/audit?view=ready"));
    await page.getByRole("button", { name: "Purge" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "Purge" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Type audit to confirm").fill("audit");
    await dialog.getByRole("button", { name: "Purge" }).click();
    await page.getByText("Nothing waits").waitFor();
  });

  it("advances the clock, and what was delayed comes", async () => {
    const { id } = await session.api<{ id: string }>("POST", "/queues/reports/messages", {
      payload: { year: 2027 },
      delay: "2h",
    });
    await page.goto(session.at(`/queues/reports/messages/${id}`));
    await page.getByText("Waits for its time").waitFor();
    await page.getByRole("link", { name: "Clock" }).click();
    await page.getByLabel("How far").fill("3h");
    await page.getByRole("button", { name: "Advance" }).click();
    await page.getByText("3 h ahead").first().waitFor();
    await page.goto(session.at(`/queues/reports/messages/${id}`));
    await page.getByText("Attempt 1 succeeded").waitFor();
  });

  it("makes what is delayed ready at once", async () => {
    const { id } = await session.api<{ id: string }>("POST", "/queues/reports/messages", {
      payload: { year: 2028 },
      delay: "2h",
    });
    await page.goto(session.at(`/queues/reports/messages/${id}`));
    await page.getByRole("button", { name: "Skip the delay" }).click();
    await page.getByText("Attempt 1 succeeded").waitFor();
  });

  it("finds messages by an id and by a field of the payload", async () => {
    const { id } = await session.api<{ id: string }>("POST", "/queues/audit/messages", {
      payload: { who: "carol", order: { id: 4711 } },
    });
    await page.goto(session.at("/"));
    await page.getByRole("table").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Search messages" }).fill(id);
    await page.keyboard.press("Enter");
    await page.getByRole("link").filter({ hasText: id }).waitFor();
    await page.getByLabel("Search for messages").fill("queue:audit payload.order.id:4711");
    await page.keyboard.press("Enter");
    await page.getByText("1 message", { exact: true }).waitFor();
    await page.getByRole("link").filter({ hasText: id }).click();
    await page.getByText('"carol"').waitFor();
  });

  it("binds another function to a queue, and gives it back", async () => {
    await page.goto(session.at("/bindings"));
    const row = page.getByRole("row").filter({ hasText: "audit" });
    await row.getByRole("button", { name: "Change" }).click();
    await page.getByRole("dialog").getByLabel("Function").selectOption("spare");
    await page.getByRole("dialog").getByRole("button", { name: "Bind" }).click();
    await row.getByText("bound by hand").waitFor();
    await session.until("audit", ({ ready }) => ready === 0);
    await row.getByRole("button", { name: "Unbind" }).click();
    await row.getByText("nobody").waitFor();
  });

  it("redrives the thousand that match, and sees the server at it", async () => {
    const messages = Array.from({ length: 1_000 }, (_, number) => ({
      payload: { fail: "the report is empty", number },
    }));
    await session.api("POST", "/queues/reports/messages/batch", { messages });
    await session.until("reports", ({ dead }) => dead === 1_000);
    await page.goto(session.at("/queues/reports/dead?error=empty"));
    await page.getByRole("button", { name: "Select all 1,000 letters that match" }).click();
    const bar = page.getByRole("region", { name: "Selected letters" });
    await bar.getByRole("button", { name: "Redrive" }).click();
    await page.getByLabel("At most a second").fill("200");
    await page.getByRole("dialog").getByRole("button", { name: "Redrive" }).click();
    await page.getByRole("progressbar", { name: "redrive" }).first().waitFor();
    await page.goto(session.at("/operations"));
    await page.getByText("succeeded").first().waitFor();
    await page.getByText("1,000 letters", { exact: true }).first().waitFor();
  });

  it("comes back to the filters that it left", async () => {
    await session.until("reports", ({ dead }) => dead === 1_000);
    await page.goto(session.at("/queues/reports/dead"));
    await page.getByLabel("Filter by a field of the payload").fill("number:7");
    await page.waitForURL(/where=number%3A7/);
    await page.getByRole("list", { name: "Dead letters" }).getByRole("link").click();
    await page.getByText("Attempt 2 failed").first().waitFor();
    await page.goBack();
    const letters = page.getByRole("list", { name: "Dead letters" }).getByRole("link");
    await letters.waitFor();
    expect(await letters.count()).toBe(1);
    await page.goBack();
    await page.getByText("Select all 1,000 letters that match").waitFor();
  });

  it("says that the server is gone, and goes on when it is back", async () => {
    await page.goto(session.at("/queues/audit"));
    const send = page.getByRole("button", { name: "Send", exact: true });
    await send.waitFor();
    await session.api("POST", "/queues/audit/messages", { payload: { who: "ann" } });
    await page.locator(".tail-row").first().waitFor();
    expect(await send.isEnabled()).toBe(true);
    await session.stop();
    await page.getByText("Not connected.").waitFor();
    for (const name of ["Send", "Pause", "Purge"]) {
      const button = page.getByRole("button", { name, exact: true });
      expect([name, await button.isEnabled()]).toEqual([name, false]);
      expect(await button.getAttribute("title")).toContain("Not connected");
    }
    await session.startAgain();
    await page.getByText("Not connected.").waitFor({ state: "detached" });
    // Nobody will tell what became of what is in the list.
    await page.getByText("The page was not connected for a while").waitFor();
    expect(await page.locator(".tail-row").count()).toBeGreaterThan(0);
  });

  it("meets nothing that fails or that the policy forbids", () => {
    expect(wrong.filter((text) => !text.includes("ERR_CONNECTION_REFUSED"))).toEqual([]);
  });
});
