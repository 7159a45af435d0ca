import { join } from "node:path";
import { loadStack } from "@alienplatform/deploy";
import { expect, it, onTestFinished } from "vitest";
import { packFunctions } from "../src/deployment/pack-functions.ts";
import { Project } from "./journey.ts";

it("what is wrong with several functions is one error with all of it, each place once", async () => {
  const project = await Project.create({
    "package.json": `{ "name": "shop", "type": "module" }`,
    "alien.ts": `import { Function as Fn, Queue } from "@alienplatform/core";
for (const id of ["a", "b", "c"]) new Fn(\`on-\${id}\`).trigger(new Queue(id).build()).build();
`,
    "host.ts": "export const entry = () => undefined;\n",
    "src/on-a.ts": `import "./shared.ts";\n`,
    "src/on-b.ts": `import "./shared.ts";\nimport "no-such-package";\n`,
    "src/on-c.ts": `import "./no-such-file.ts";\n`,
    "src/shared.ts": "const shared = ;\n",
  });
  onTestFinished(() => project.remove());
  const stack = await loadStack(join(project.directory, "alien.ts"));
  const target = { platform: "mars", entry: "./host.ts", alias: { "#runtime": "./host.ts" } };
  const place = { platform: "mars", stack: "shop", stage: "dev", settings: {} };
  const failing = packFunctions(stack, { target, sources: () => ({}) }, place);
  await expect(failing).rejects.toMatchObject({
    code: "FUNCTION_BUILD_FAILED",
    message: expect.stringMatching(/^src\/shared\.ts:1:16: Unexpected ";" \(and 2 more\)$/),
    fix: "Correct the source and save it.",
    details: {
      others: [
        {
          message: 'src/on-b.ts:2:8: Could not resolve "no-such-package"',
          fix: "Run: npm install no-such-package",
          frame: expect.stringContaining('> 2 | import "no-such-package";'),
        },
        { message: 'src/on-c.ts:1:8: Could not resolve "./no-such-file.ts"' },
      ],
    },
  });
});
