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
      "(document.activeElement?.textContent || document.activeElement?.ariaLabel || '').trim()",
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
