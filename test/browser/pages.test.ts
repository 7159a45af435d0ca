import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../source-files.ts";
import { ConsoleSession } from "./support/console-session.ts";
import { filledPlaces, type Place } from "./support/places.ts";

/** Those that the documents show. */
const SHOWN = ["overview", "queue", "dead-letters", "message"];
const shots = join(root, "out/screenshots");

let session: ConsoleSession;
let places: readonly Place[];

beforeAll(async () => {
  session = await ConsoleSession.open();
  places = await filledPlaces(session);
  mkdirSync(shots, { recursive: true });
  mkdirSync(join(root, "docs/images"), { recursive: true });
});
afterAll(() => session?.close());

describe.each(["light", "dark"] as const)("every page in the %s theme", (theme) => {
  it("has no serious finding of axe, and nothing that fails", async () => {
    const { context, page, wrong } = await session.browser(theme);
    const findings: string[] = [];
    for (const { name, path, shows } of places) {
      await page.goto(session.at(path));
      await page.getByText(shows).first().waitFor();
      if (name === "queue") await livelyQueue();
      await page.screenshot({ path: join(shots, `${name}-${theme}.png`) });
      if (process.env.UPDATE_SCREENSHOTS === "1" && SHOWN.includes(name)) {
        await page.screenshot({ path: join(root, "docs/images", `console-${name}-${theme}.png`) });
      }
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, impact, nodes } of violations) {
        if (impact !== "serious" && impact !== "critical") continue;
        findings.push(
          ...nodes.map(({ html, failureSummary }) => `${name}: ${id} ${html} ${failureSummary}`),
        );
      }
    }
    await context.close();
    expect(findings).toEqual([]);
    expect(wrong).toEqual([]);
  });

  it("has dialogs of which the same holds, which the keyboard opens, fills and leaves", async () => {
    const { context, page, wrong } = await session.browser(theme);
    const findings: string[] = [];
    const focused = () =>
      page.evaluate<string>(
        `document.activeElement?.tagName + " " + (document.activeElement?.textContent ?? "").trim()`,
      );
    for (const { path, shows, select, among, opener, title } of dialogs(places)) {
      await page.goto(session.at(path));
      await page.getByText(shows).first().waitFor();
      if (select !== undefined) await page.getByRole("checkbox", { name: select }).check();
      const place = page.getByRole("main");
      const part = among === undefined ? place : place.getByRole("region", { name: among });
      const button = part.getByRole("button", { name: opener }).first();
      await button.focus();
      const from = await focused();
      await button.press("Enter");
      await looked(title);
      expect(`${title}: ${await focused()}`).toBe(`${title}: ${from}`);
    }
    for (const [title, key] of [
      ["Search", "Control+k"],
      ["Keys", "?"],
    ] as const) {
      await page.keyboard.press(key);
      await looked(title);
    }
    await context.close();
    expect(findings).toEqual([]);
    expect(wrong).toEqual([]);

    async function looked(name: string): Promise<void> {
      const dialog = page.getByRole("dialog", { name });
      await dialog.waitFor();
      await page.screenshot({
        path: join(shots, `dialog-${name.toLowerCase().replaceAll(" ", "-")}-${theme}.png`),
      });
      const { violations } = await new AxeBuilder({ page }).include("dialog").analyze();
      for (const { id, impact, nodes } of violations) {
        if (impact !== "serious" && impact !== "critical") continue;
        findings.push(...nodes.map(({ html }) => `${name}: ${id} ${html}`));
      }
      // Tab goes round within it.
      for (let pressed = 0; pressed < 12; pressed++) {
        await page.keyboard.press("Tab");
        const inside =
          "document.activeElement === document.body || document.activeElement.closest('dialog') !== null";
        if (!(await page.evaluate<boolean>(inside))) findings.push(`${name}: Tab leaves it`);
      }
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    }
  });
});

interface Asked {
  /** What the dialog's begins with. */
  readonly title: string;
  readonly path: string;
  readonly shows: string | RegExp;
  /** What is to be checked before it can be asked for. */
  readonly select?: RegExp;
  /** The part of the page that has the button. */
  readonly among?: string;
  /** The button that asks. */
  readonly opener: string;
}

/** Every dialog of the console, and how one comes to it. */
function dialogs(all: readonly Place[]): readonly Asked[] {
  const dead = { path: "/queues/reports/dead", shows: "the report is empty" };
  const message = {
    path: all.find(({ name }) => name === "message")?.path ?? "",
    shows: "Attempt 2 failed",
  };
  const select = /^Select the/;
  return [
    { title: "Pause reports", ...dead, opener: "Pause" },
    { title: "Purge reports", ...dead, opener: "Purge" },
    { title: "Redrive", ...dead, select, among: "Selected letters", opener: "Redrive" },
    { title: "Discard", ...dead, select, among: "Selected letters", opener: "Discard" },
    { title: "Discard 8 letters", ...dead, among: "By error", opener: "Discard all of Error the" },
    { title: "Discard this letter", ...dead, among: "Dead letters", opener: "Discard" },
    { title: "Edit the payload", ...message, opener: "Edit" },
    { title: "Discard this letter", ...message, opener: "Discard" },
    { title: "Who consumes", path: "/bindings", shows: "Consumed by", opener: "Change" },
  ];
}

/** Something to see on the charts and in the tail. */
async function livelyQueue(): Promise<void> {
  for (let round = 0; round < 8; round++) {
    const messages = Array.from({ length: 4 + ((round * 5) % 9) }, (_, index) => ({
      payload: { to: index === 7 ? "nobody" : `user${index}@example.com`, template: "welcome" },
    }));
    await session.api("POST", "/queues/emails/messages/batch", { messages });
    await session.until("emails", ({ ready, inFlight }) => ready + inFlight === 0);
    await session.nextSample("emails");
  }
}
