import picocolors from "picocolors";
import { expect, it } from "vitest";
import { printWatching } from "../src/print/apply-event.ts";

const now = Date.UTC(2030, 0, 1);
const lock = {
  id: "1",
  fence: 7,
  owner: "ann@laptop, process 4711",
  operation: "deploy",
  since: 0,
};

it.each([
  ["last seen 3m ago", now - 120_000],
  ["its clock is 1h ahead", now + 3_660_000],
])("says whose lock is watched, for how long and why: %s", (seen, until) => {
  expect(printWatching({ ...lock, until }, 60_000, picocolors.createColors(false), now)).toBe(
    `… locked: deploy by ann@laptop, process 4711, ${seen}; waiting 1m to see whether it still lives`,
  );
});
