import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleSession } from "./support/console-session.ts";

let session: ConsoleSession;
let page: Page;

beforeAll(async () => {
  session = await ConsoleSession.open();
  ({ page } = await session.browser());
});
afterAll(() => session?.close());

/** Presses Tab until the focus is on what has this text. */
async function tabTo(text: string): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed++) {
    const focused = await page.evaluate<string>(
      "(document.activeElement?.ariaLabel || document.activeElement?.textContent || '').trim()",
    );
    if (focused === text) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not come to ${text}`);
}

describe("the keyboard alone", () => {
  it("sends, finds the dead letter, redrives it, and leads back", async () => {
    await page.goto(session.at("/"));
    await page.getByRole("table").waitFor();
    // Along the list to reports, which is the last of four without a problem.
    await page.keyboard.press("j");
    const rows = page.getByRole("row");
    while ((await rows.filter({ hasText: "reports" }).getAttribute("aria-current")) !== "true") {
      await page.keyboard.press("j");
    }
    await page.keyboard.press("o");
    await page.getByRole("heading", { name: "reports", level: 1 }).waitFor();
    await tabTo("Send");
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Payload" }).focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.type('{"fail":"by hand"}');
    await page.keyboard.press("Control+Enter");
    await page.getByRole("list", { name: "Sent" }).getByRole("link").waitFor();
    await session.until("reports", ({ dead }) => dead === 1);
    // The text field has the focus: keys are letters there.
    await page.keyboard.press("Tab");
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await page.getByRole("heading", { name: "Dead letters", exact: true }).waitFor();
    await page.goto(session.at("/queues/reports/dead"));
    await page.getByRole("list", { name: "Dead letters" }).getByRole("link").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByText("1 letter selected").waitFor();
    await tabTo("Redrive");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await tabTo("Redrive");
    await page.keyboard.press("Enter");
    await page.getByText("1 letter redriven").waitFor();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate<string>("document.activeElement?.textContent")).toBeDefined();
  });

  it("redrives and discards the letter that it has come to", async () => {
    await session.until("reports", ({ dead }) => dead === 1);
    await page.goto(session.at("/queues/reports/dead"));
    const letters = page.getByRole("list", { name: "Dead letters" }).getByRole("link");
    await letters.waitFor();
    await page.keyboard.press("j");
    // Held down, a key that does something does it once.
    await page.keyboard.down("x");
    await page.keyboard.down("x");
    await page.keyboard.up("x");
    await page.getByText("1 letter selected").waitFor();
    await page.keyboard.press("r");
    await page.getByText("1 letter redriven").waitFor();
    await session.until("reports", ({ dead }) => dead === 1);
    // It has died again, and the list was empty meanwhile.
    await letters.waitFor();
    // Nothing of before is on its way to this page.
    await page.goto(session.at("/queues/reports/dead"));
    await letters.waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("d");
    await page.getByRole("dialog", { name: "Discard this letter" }).waitFor();
    await tabTo("Discard");
    await page.keyboard.press("Enter");
    await page.getByText("1 letter discarded").waitFor();
    await page.getByText("No dead letters").waitFor();
  });

  it("offers no such keys where the console is read-only", async () => {
    await session.api("POST", "/queues/reports/messages", { payload: { fail: "again" } });
    await session.until("reports", ({ dead }) => dead > 0);
    const { context, page: other } = await session.browser();
    await other.goto(session.at("/settings"));
    await other.getByText("yes", { exact: true }).click();
    await other.goto(session.at("/queues/reports/dead"));
    await other.getByRole("list", { name: "Dead letters" }).getByRole("link").first().waitFor();
    await other.keyboard.press("?");
    const keys = other.getByRole("dialog", { name: "Keys" });
    await keys.getByText("select it").waitFor();
    expect(await keys.getByText("redrive it").count()).toBe(0);
    await context.close();
  });

  it("sees where it is: what has the focus is outlined", async () => {
    await page.goto(session.at("/"));
    await page.getByRole("table").waitFor();
    for (let pressed = 0; pressed < 25; pressed++) {
      await page.keyboard.press("Tab");
      const outline = await page.evaluate<string>(
        "getComputedStyle(document.activeElement).outlineStyle",
      );
      const on = await page.evaluate<string>("document.activeElement.tagName");
      if (on !== "BODY") expect(outline).not.toBe("none");
    }
  });

  it("is told what it can press", async () => {
    await page.goto(session.at("/"));
    // The page is painted before its script listens.
    await page.getByRole("table").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).getByText("next in the list").waitFor();
  });
});
