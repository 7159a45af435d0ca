import picocolors from "picocolors";
import { expect, it } from "vitest";
import { type NextSteps, printNextSteps } from "../src/print/next-steps.ts";

const plain = picocolors.createColors(false);

it("the next steps enter the folder unless it is this one", () => {
  const fresh: NextSteps = {
    folder: "my-app",
    kept: [],
    checkout: undefined,
    unignored: false,
    tools: [],
    scripts: {},
    dev: "dev",
    send: "send",
  };
  expect(printNextSteps(fresh, plain)).toMatch(
    /^\nNext:\n {2}cd my-app\n {2}npm install <checkout>\/out\/packages\/\S+\.tgz\n {2}npm run dev\n/,
  );
  expect(printNextSteps(fresh, plain)).toContain("on no registry yet");
  const spaced = printNextSteps({ ...fresh, folder: "my app", checkout: "/a b" }, plain);
  expect(spaced).toContain("cd 'my app'\n  npm install '/a b'/out/packages/");
  expect(printNextSteps({ ...fresh, folder: "" }, plain)).not.toContain("cd");
});

it("the next steps of a project that was there are what its files lack", () => {
  const steps: NextSteps = {
    folder: "",
    kept: [".gitignore", "package.json", "src/worker.ts"],
    checkout: "/checkout",
    unignored: true,
    tools: ["tsx"],
    scripts: { "alien:dev": "alien dev", send: "tsx src/send.ts" },
    dev: "alien:dev",
    send: undefined,
  };
  expect(printNextSteps(steps, plain).split("\n")).toEqual([
    "",
    "Left as they were: .gitignore, package.json, src/worker.ts",
    "Add the line .alien/ to .gitignore: messages are kept there.",
    expect.stringMatching(/^src\/worker\.ts would run as the function "worker"/),
    "",
    "Next:",
    expect.stringMatching(/^ {2}npm install \/checkout\/out\/packages\/\S+\.tgz$/),
    "  npm install --save-dev tsx",
    '  npm pkg set scripts.alien:dev="alien dev" scripts.send="tsx src/send.ts"',
    "  npm run alien:dev",
    "",
    expect.stringContaining("npm run pack"),
    `Then, in a second terminal: npx --no alien queue send tasks '{"name":"world"}'`,
  ]);
});
