import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { columns } from "./capabilities/columns.ts";
import { evidenceOf, tallyOf } from "./capabilities/evidence.ts";
import { features } from "./capabilities/features.ts";
import { commentOf, pageOf } from "./capabilities/pages.ts";
import { cellOf, featureTable } from "./capabilities/render.ts";
import type { CaseResult, RunResult } from "./capabilities/results.ts";
import { ownRuns, suiteRuns, tableRuns } from "./capabilities/runs.ts";
import { triggerTable } from "./capabilities/triggers.ts";
import { filesUnder, root } from "./source-files.ts";

const read = (path: string) => readFileSync(resolve(root, path), "utf8");

describe("test/capabilities/runs.ts", () => {
  it("knows every run of the conformance suite that there is, by its name", () => {
    const made = ["packages", "test"]
      .flatMap((folder) => filesUnder(folder, ".test.ts"))
      .filter((path) => path !== "test/capabilities.test.ts")
      .map(read)
      .filter((text) => text.includes("queueConformance({"))
      .flatMap((text) => [
        ...text.matchAll(/(?:queueConformance\(\{\s*name:|const name =) "([^"]+)"/g),
      ])
      .map((match) => match[1])
      .filter((name) => name !== "typo");
    const known = [
      ...Object.values(suiteRuns)
        .flat()
        .map(({ run }) => run),
      ...Object.values(tableRuns)
        .flat()
        .map(({ run }) => run),
      ...ownRuns,
    ];
    expect(made.sort(), "say in test/capabilities/runs.ts what it proves").toEqual(
      [...known].sort(),
    );
  });
});

describe("docs/capabilities.md", () => {
  it("has what each platform says of itself today: npm run capabilities writes it", () => {
    const document = read("docs/capabilities.md");
    expect(document, "npm run capabilities").toContain(featureTable(columns));
    expect(document, "npm run capabilities").toContain(triggerTable());
  });
});

describe("the capabilities of a cloud", () => {
  const numbers = ["message", "batch", "batchBytes", "receive", "leaseMaxMs", "retention"];

  it.each(columns.filter(({ title }) => title !== "local").map((column) => [column.title, column]))(
    "%s: each number has its vendor's page, or says that it is ours",
    (_, { source, value }) => {
      const text = read(source);
      const said = /https:|[Oo]f our own choice/;
      const without = numbers.filter(
        (field) => !said.test(commentOf(text, value, field) ?? "nothing"),
      );
      expect(without).toEqual([]);
    },
  );

  it("what a platform says of itself brings nothing of its vendor's along", async () => {
    const entryPoints = [...new Set(columns.map(({ source }) => resolve(root, source)))];
    const { metafile } = await build({
      entryPoints,
      bundle: true,
      write: false,
      metafile: true,
      outdir: "out",
      platform: "neutral",
      conditions: ["@alienplatform/source"],
      absWorkingDir: root,
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((path) => path.includes("node_modules/"))).toEqual([]);
  });

  it("each row of the table is of a field that there is", () => {
    const driver = read("packages/bindings/src/queue/driver.ts");
    const unknown = features.filter(({ field }) => !driver.includes(`readonly ${field}: `));
    expect(unknown).toEqual([]);
  });
});

describe("a column of the table", () => {
  const [first] = columns;
  if (first === undefined) throw new TypeError("there are no columns");
  const runs = [
    { run: "mine", grade: "own", against: "a server of ours" },
    { run: "theirs", grade: "independent", against: "an emulator" },
  ] as const;
  const column = { ...first, runs };
  const name = "an acked message does not come back";

  function of(mine: CaseResult, theirs: CaseResult) {
    const results = new Map<string, RunResult>([
      ["mine", { run: "mine", cases: { [name]: mine } }],
      ["theirs", { run: "theirs", cases: { [name]: theirs } }],
    ]);
    return evidenceOf(column, results).filter((one) => one.name === name);
  }

  const passed: CaseResult = { outcome: "passed" };
  const excepted: CaseResult = { outcome: "excepted", reason: "it loses acks" };
  const failed: CaseResult = { outcome: "failed" };
  const slow: CaseResult = { outcome: "not applicable", reason: "takes longer than 30 s" };

  it.each([
    ["the best that any run has shown counts", passed, passed, "✓ 1"],
    ["a server of our own alone earns no tick", passed, excepted, "1 own"],
    ["what does not apply in one run may pass in another", slow, passed, "✓ 1"],
    ["what is excepted everywhere is said", excepted, excepted, "1 excepted"],
    ["a failure is never outweighed", passed, failed, "1 own, 1 failed"],
    ["what applies nowhere counts nowhere", slow, slow, "—"],
  ] as const)("%s", (_, mine, theirs, cell) => {
    expect(cellOf(tallyOf(of(mine, theirs)))).toBe(cell);
  });

  it("a run whose queues are all FIFO counts for FIFO queues, whatever the case asks for", () => {
    const [mine] = runs;
    const results = new Map([["mine", { run: "mine", cases: { [name]: passed } }]]);
    const cell = (fifo: boolean) =>
      cellOf(tallyOf(evidenceOf({ ...first, runs: [{ ...mine, fifo: true }], fifo }, results)));
    expect([cell(true), cell(false)]).toEqual(["1 own", "—"]);
  });

  it("an exception keeps its reason and where it is, also where the case passed elsewhere", () => {
    const [evidence] = of(passed, excepted);
    expect(evidence?.excepted).toEqual([{ against: "an emulator", reason: "it loses acks" }]);
    expect(evidence?.passed).toBe("own");
  });
});

describe("a limit's page", () => {
  const source = `
/** All of it. https://vendor.example/size */
const LARGEST = 1;
const PLAIN = Object.freeze({
  // https://vendor.example/delay.
  delayMaxMs: 1,
  free: 2,
  message: LARGEST - 1,
});
const OTHER = Object.freeze({
  ...PLAIN,
  free: 3,
});
`;

  it.each([
    ["PLAIN", "delayMaxMs", "https://vendor.example/delay"],
    ["PLAIN", "message", "https://vendor.example/size"],
    ["PLAIN", "free", undefined],
    ["OTHER", "delayMaxMs", "https://vendor.example/delay"],
    ["OTHER", "free", undefined],
    ["NONE", "free", undefined],
  ])("of %s, %s: %s", (value, field, page) => {
    expect(pageOf(source, value, field)).toBe(page);
  });
});
