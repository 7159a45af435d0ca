import { writeFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { PayloadChecker } from "@alienplatform/deploy";
import { expect, it, onTestFinished } from "vitest";
import { project } from "./project.ts";

const queue = "tasks";

/** One whose queue's schema is a function of the payload. */
async function checker(validate: string, limits: { readonly answerLimitMs?: number } = {}) {
  const { file } = await project({
    "alien.ts": `import { Queue } from "@alienplatform/core";
const validate = ${validate};
new Queue("tasks").schema({ "~standard": { version: 1, vendor: "test", validate } }).build();
`,
  });
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text);
  // A machine that others use takes its time.
  const patient = { loadLimitMs: 120_000, answerLimitMs: 120_000 };
  const opened = new PayloadChecker(file, { warn, ...patient, ...limits });
  onTestFinished(() => opened.close());
  return { opened, warnings, file };
}

it("payloads are checked by one process, which keeps alien.ts as it was loaded", async () => {
  const { opened, warnings, file } = await checker(
    '(value) => (value === 7 ? { issues: [{ message: String(process.pid), path: ["to", Symbol.iterator] }] } : { value })',
  );
  const [first, second] = [
    await opened.check({ queue, payload: 7 }),
    await writeFile(file, "throw new Error();"),
    await opened.check({ queue, payload: 7 }),
  ].filter((issues) => issues !== undefined);
  expect(first).toEqual([
    { message: expect.stringMatching(/^\d+$/), path: ["to", "Symbol(Symbol.iterator)"] },
  ]);
  expect(second).toEqual(first);
  expect(await opened.check({ queue, payload: 8 })).toBeUndefined();
  expect(await opened.check({ queue: "another", payload: 7 })).toBeUndefined();
  expect(warnings).toEqual([]);
});

it("a schema that throws has refused the payload, which nobody quotes", async () => {
  const { opened } = await checker("(value) => { throw new RangeError(String(value)); }");
  expect(await opened.check({ queue, payload: "secret" })).toEqual([
    { message: "the schema itself threw: RangeError" },
  ]);
});

it("a schema that ends its process leaves the payload unchecked, says so once, and others are checked", async () => {
  const { opened, warnings } = await checker(
    '(value) => (value === "exit" ? process.exit(3) : { issues: [{ message: "no" }] })',
  );
  expect(await opened.check({ queue, payload: "exit" })).toBeUndefined();
  // Until another process has loaded alien.ts.
  while ((await opened.check({ queue, payload: 7 })) === undefined) await nextTurn();
  expect(await opened.check({ queue, payload: "exit" })).toBeUndefined();
  expect(warnings).toEqual([
    "payloads go unchecked by the schemas of alien.ts: the schema ended its process; handlers check them",
  ]);
});

it("a schema that does not answer in time leaves the payload unchecked", async () => {
  const { opened, warnings } = await checker("() => { for (;;); }", { answerLimitMs: 10 });
  expect(await opened.check({ queue, payload: 7 })).toBeUndefined();
  expect(warnings).toEqual([expect.stringContaining("the schema did not answer within 10ms")]);
});

it("an alien.ts that cannot be loaded leaves payloads unchecked", async () => {
  for (const broken of ["const = 1", '{}; throw new Error("no")']) {
    const { opened, warnings } = await checker(broken);
    expect(await opened.check({ queue, payload: 7 })).toBeUndefined();
    expect(await opened.check({ queue, payload: 7 })).toBeUndefined();
    expect(warnings).toHaveLength(1);
  }
});
