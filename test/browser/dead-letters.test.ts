import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConsoleSession, PATIENCE_MS } from "./support/console-session.ts";

let session: ConsoleSession;
let page: Page;
let wrong: readonly string[];

beforeAll(async () => {
  session = await ConsoleSession.open();
  ({ page, wrong } = await session.browser());
});
afterAll(() => session?.close());

const ERRORS = ["smtp down", "smtp down", "smtp down for long"];

/** Letters of two errors, of which one is a part of the other. */
beforeEach(async () => {
  await session.api("POST", "/queues/reports/dead-letters/discard", {
    filter: {},
    confirm: "reports",
  });
  await session.until("reports", ({ dead }) => dead === 0);
  await session.api("POST", "/queues/reports/messages/batch", {
    messages: ERRORS.map((fail) => ({ payload: { fail } })),
  });
  await session.until("reports", ({ dead }) => dead === 3);
  await page.goto(session.at("/queues/reports/dead"));
  await expect.poll(() => letters().count(), { timeout: PATIENCE_MS }).toBe(3);
});

function letters(): Locator {
  return page.getByRole("list", { name: "Dead letters" }).getByRole("link");
}

/** What is dead now: its error, and whether it was redriven before. */
async function dead(): Promise<readonly string[]> {
  const { items } = await session.api<{ items: readonly Letter[] }>(
    "GET",
    "/queues/reports/dead-letters",
  );
  return items.map(({ error, history }) => {
    const again = history.some(({ redrivenAt }) => redrivenAt !== undefined);
    return again ? `${error.message}, again` : error.message;
  });
}

interface Letter {
  readonly id: string;
  readonly error: { readonly message: string };
  readonly history: readonly { readonly redrivenAt?: string }[];
}

describe("dead letters in a list", () => {
  it("are redriven from their row, and their timeline says when", async () => {
    const row = page.getByRole("listitem").filter({ hasText: "for long" });
    const id = (await row.locator(".id").textContent()) ?? "";
    await row.getByRole("button", { name: `Redrive ${id}` }).click();
    await page.getByText("1 letter redriven").waitFor();
    // It fails again.
    await expect.poll(dead, { timeout: PATIENCE_MS }).toContain("smtp down for long, again");
    await page.goto(session.at(`/queues/reports/messages/${id}`));
    const redriven = page.getByRole("listitem").filter({ hasText: "Redriven" });
    await redriven.getByRole("time").waitFor();
  });

  it("are discarded from their row after a question, which names the letter", async () => {
    const row = page.getByRole("listitem").filter({ hasText: "for long" });
    const id = (await row.locator(".id").textContent()) ?? "";
    await row.getByRole("button", { name: `Discard ${id}` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(id).waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect(await dead()).toHaveLength(3);
    await row.getByRole("button", { name: `Discard ${id}` }).click();
    await dialog.getByRole("button", { name: "Discard" }).click();
    await page.getByText("1 letter discarded").waitFor();
    expect(await dead()).toEqual(["smtp down", "smtp down"]);
  });

  it("are redriven by their error, and no others with them", async () => {
    await page.getByRole("button", { name: "Redrive all of Error smtp down", exact: true }).click();
    await page.getByText("2 letters redriven").waitFor();
    await expect
      .poll(async () => [...(await dead())].sort(), { timeout: PATIENCE_MS })
      .toEqual(["smtp down for long", "smtp down, again", "smtp down, again"]);
  });

  it("are discarded by their error once the queue's name is typed, from the page of all", async () => {
    await page.goto(session.at("/dead"));
    await page.getByRole("button", { name: "Discard all of Error smtp down", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Discard 2 letters" });
    expect(await dialog.getByRole("button", { name: "Discard" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Type reports to confirm").fill("reports");
    await dialog.getByRole("button", { name: "Discard" }).click();
    await page.getByText("2 letters discarded").waitFor();
    expect(await dead()).toEqual(["smtp down for long"]);
  });

  it("are counted alike as letters and as jobs, since a redrive and in all", async () => {
    await page.getByRole("button", { name: "Redrive all of Error smtp down for long" }).click();
    const list = page.getByRole("list", { name: "Dead letters" });
    await list.getByText("2 attempts, 4 in all").waitFor();
    await page.goto(session.at("/jobs?queue=reports&status=dead"));
    const jobs = page.getByRole("list", { name: "Jobs, the newest first" });
    const again = jobs.getByRole("listitem").filter({ hasText: "for long" });
    await again.getByText("2 attempts, 4 in all").waitFor();
    expect(await jobs.getByRole("listitem").count()).toBe(3);
  });

  it("go to another queue that is chosen, and the dialog says why they cannot", async () => {
    const body = { reason: "moved", whilePaused: "deadLetter" };
    await session.api("POST", "/queues/audit/pause", body);
    await page.getByLabel("Select the 3 letters shown").check();
    const bar = page.getByRole("region", { name: "Selected letters" });
    await bar.getByRole("button", { name: "Redrive" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Each goes back to reports").waitFor();
    const to = dialog.getByRole("combobox", { name: "To" });
    // payments is FIFO, which this one is not.
    expect(await to.locator("option").allTextContents()).toEqual([
      "reports, where they came from",
      "emails",
      "audit",
    ]);
    await to.selectOption("audit");
    await dialog.getByText("Each goes to audit").waitFor();
    await dialog.getByRole("button", { name: "Redrive" }).click();
    await dialog.getByRole("alert").getByText("QUEUE_PAUSED").waitFor();
    await session.api("POST", "/queues/audit/resume");
    await dialog.getByRole("button", { name: "Redrive" }).click();
    await page.getByText("3 letters redriven").waitFor();
    await dialog.waitFor({ state: "detached" });
  });

  it("have the queue of their jobs in the address, and no such status is said to be none", async () => {
    await page.goto(session.at("/jobs"));
    await page.waitForURL(/\/jobs\?queue=[a-z]+$/);
    await page.goto(session.at("/jobs?status=lost"));
    await page.getByText("There is no status lost").waitFor();
  });

  it("are told beside the charts, where nothing is new since the page was opened", async () => {
    await session.nextSample("reports");
    await page.goto(session.at("/queues/reports"));
    await page.getByText("Nothing new so far").waitFor();
    expect(await page.getByText("Quiet so far").count()).toBe(0);
  });

  it("meet nothing that fails", () => {
    expect(wrong).toEqual([]);
  });
});
