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
