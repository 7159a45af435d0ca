import { afterAll, beforeAll, expect, it } from "vitest";
import { ConsoleSession } from "./support/console-session.ts";
import { filledPlaces, type Place } from "./support/places.ts";

let session: ConsoleSession;
let places: readonly Place[];

beforeAll(async () => {
  session = await ConsoleSession.open();
  places = await filledPlaces(session);
});
afterAll(() => session?.close());

/** What sticks out: of the page to its side, or of a row of a list above or below. */
const STICKS_OUT = `(() => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  const found = wide > 0 ? ["the page, by " + wide + " px"] : [];
  for (const row of document.querySelectorAll(".row")) {
    const { top, bottom, left, right } = row.getBoundingClientRect();
    for (const part of row.querySelectorAll("span, time, button")) {
      const box = part.getBoundingClientRect();
      if (box.width === 0) continue;
      const out = box.top < top - 1 || box.bottom > bottom + 1 || box.left < left || box.right > right + 1;
      if (out) found.push(part.className + " of a row: " + part.textContent);
    }
  }
  return found;
})()`;

it.each([390, 820])("fits every page into a window of %i pixels", async (width) => {
  const { context, page, wrong } = await session.browser();
  await page.setViewportSize({ width, height: 844 });
  const found: string[] = [];
  for (const { name, path, shows } of places) {
    await page.goto(session.at(path));
    await page.getByText(shows).first().waitFor();
    const sticking = await page.evaluate<readonly string[]>(STICKS_OUT);
    found.push(...sticking.map((each) => `${name}: ${each}`));
  }
  await context.close();
  expect(found).toEqual([]);
  expect(wrong).toEqual([]);
});

/** How much of what there is in the first such part is not seen at once. */
function beyond(selector: string): string {
  const part = `document.querySelector(${JSON.stringify(selector)})`;
  return `${part}.scrollWidth - ${part}.clientWidth`;
}

it("shows the ids of letters, jobs and what was found, and two rows of filters above the letters", async () => {
  const { context, page } = await session.browser();
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ["/queues/reports/dead", "/jobs?queue=reports", "/search?q=state:dead"]) {
    await page.goto(session.at(path));
    const id = page.locator(".row .id").first();
    await id.waitFor();
    expect([path, await page.evaluate<number>(beyond(".row .id"))]).toEqual([path, 0]);
  }
  await page.goto(session.at("/queues/reports/dead"));
  const head = page.locator(".letters-head");
  await head.waitFor();
  expect((await head.boundingBox())?.height).toBeLessThan(110);
  await context.close();
});

it("shows the whole text of errors, and both buttons for what is selected in one line", async () => {
  const { context, page } = await session.browser();
  await page.setViewportSize({ width: 390, height: 844 });
  const host = "a-mail-host-with-a-long-name.example.com";
  await session.api("POST", "/queues/emails/messages", {
    payload: { to: `somebody-at-${host}`, template: "welcome" },
  });
  await page.goto(session.at("/queues/emails/dead"));
  const group = page.locator(".group .error-text").filter({ hasText: host });
  await group.waitFor();
  const all = "document.querySelectorAll('.group .error-text')";
  const cut = `[...${all}].filter((each) => each.scrollWidth > each.clientWidth).length`;
  expect(await page.evaluate<number>(cut)).toBe(0);
  await page.getByLabel(/^Select the \d+ letters shown/).check();
  const bar = page.getByRole("region", { name: "Selected letters" });
  const boxes = await Promise.all(
    (await bar.getByRole("button").all()).map((each) => each.boundingBox()),
  );
  expect(new Set(boxes.map((box) => box?.y)).size).toBe(1);
  expect(boxes).toHaveLength(2);
  await context.close();
});

it("shows the overview and the bindings without a need to scroll sideways", async () => {
  const { context, page } = await session.browser();
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ["/", "/bindings"]) {
    await page.goto(session.at(path));
    const card = page.locator(".table-card");
    await card.waitFor();
    if (path === "/") {
      await page.getByRole("columnheader", { name: "Delayed" }).waitFor({ state: "visible" });
    }
    expect([path, await page.evaluate<number>(beyond(".table-card"))]).toEqual([path, 0]);
  }
  await context.close();
});

it("shows where one is in what is too narrow for all links", async () => {
  const { context, page } = await session.browser();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(session.at("/settings"));
  const pages = page.getByRole("navigation", { name: "Pages" });
  await pages.getByRole("link", { name: "Clock" }).waitFor();
  const box = await pages.getByRole("link", { name: "Settings" }).boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
  await context.close();
});
