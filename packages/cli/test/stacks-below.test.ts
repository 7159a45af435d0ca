import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { here } from "./here.ts";

it("where no alien.ts is found upwards, those of the packages below are named", async () => {
  const root = await mkdtemp(join(tmpdir(), "alien-"));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const folder of ["packages/shop", "packages/mail", "node_modules/other"]) {
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, folder, "alien.ts"), "");
  }
  const { status, stderr } = await here(root, "queue", "ls");
  expect(status).toBe(1);
  expect(stderr).toContain(`there is no alien.ts in ${root} or above it`);
  expect(stderr).toContain(
    "fix  Go to one of packages/mail, packages/shop, as with: cd packages/mail",
  );
});
