import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { firstPort } from "../src/dev/ports.ts";
import type { Finding } from "../src/doctor/finding.ts";
import { checkNode } from "../src/doctor/machine.ts";
import { here } from "./here.ts";
import { Project } from "./journey.ts";
import { stackFile } from "./sample.ts";

let project: Project;

afterEach(async () => {
  vi.unstubAllEnvs();
  await project.remove();
});

async function doctor(...args: readonly string[]) {
  const { status, stdout } = await here(project.directory, "doctor", "--json", ...args);
  const { ok, findings }: { ok: boolean; findings: readonly Finding[] } = JSON.parse(stdout);
  const of = (check: string) => findings.find((finding) => finding.check === check);
  return { status, ok, of, stdout };
}

it("finds nothing wrong with a project in order, and says so for people and programs", async () => {
  project = await Project.create({ "alien.ts": stackFile });
  await project.send("tasks", { n: 1 });
  const { status, ok, of } = await doctor();
  expect([status, ok]).toEqual([0, true]);
  expect(of("store")).toMatchObject({
    status: "ok",
    message: "opens and is whole: 1 message and 0 dead letters in 1 queue",
  });
  expect(of("package:aws")).toMatchObject({ status: "ok" });
  const { stdout } = await here(project.directory, "doctor");
  expect(stdout).toMatch(/^✓ node +Node \d/);
  expect(stdout).toMatch(/\n\n(all is well|1 warning)$/);
});

it("names what is wrong with its fix: alien.ts, the store, a lock that is left, the clock", async () => {
  project = await Project.create({ "alien.ts": stackFile });
  await project.send("tasks", { n: 1 });
  await project.write(".alien/local/damaged", "record 7\n");
  await project.write(
    ".alien/state/aws-prod/00000001.json",
    JSON.stringify({
      ...{ version: 1, serial: 1, fence: 1, lineage: "a", parts: {}, bindings: {} },
      place: { platform: "aws", stack: "sample", stage: "prod", settings: {} },
      lock: { id: "x", fence: 1, owner: "ann", operation: "deploy", since: 0, until: 1 },
    }),
  );
  const bad = await doctor();
  expect([bad.status, bad.ok]).toEqual([1, false]);
  expect(bad.of("store")).toMatchObject({
    status: "problem",
    message: expect.stringContaining("STORAGE_DAMAGED"),
    fix: expect.stringContaining("alien dev --reset"),
  });
  expect(bad.of("stage:aws-prod")).toMatchObject({
    status: "warning",
    fix: expect.stringContaining("alien state unlock --platform aws --stage prod"),
  });
  await project.write("alien.ts", "export default 1 +;");
  const broken = await doctor();
  expect(broken.status).toBe(1);
  expect(broken.of("alien.ts")).toMatchObject({
    message: expect.stringContaining("alien.ts:1:19"),
  });
});

it("asks the platforms that the stack names, and is silent about what credentials are", async () => {
  project = await Project.create({
    "alien.ts": stackFile.replace('Stack("sample")', 'Stack("sample").platforms("cloudflare")'),
  });
  const named = await doctor();
  expect(named.of("credentials:cloudflare")).toMatchObject({
    status: "warning",
    message: expect.stringContaining("CREDENTIALS_MISSING"),
  });
  expect(named.status).toBe(0);
  expect((await doctor("--platform", "cloudflare")).status).toBe(1);
  expect((await doctor("--offline")).of("credentials:cloudflare")).toBeUndefined();
});

it("a platform that is none is wrong use, with the nearest", async () => {
  project = await Project.create({ "alien.ts": stackFile });
  expect(await here(project.directory, "doctor", "--platform", "awz")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("Did you mean aws?"),
  });
});

it("tells lines of .env that set nothing, and not what they say", async () => {
  project = await Project.create({ "alien.ts": stackFile, ".env": "A=1\nPASSWORD: canary\n" });
  const { status, of, stdout } = await doctor();
  expect(status).toBe(0);
  expect(of("variables")).toEqual({
    check: "variables",
    status: "warning",
    message: ".env:2 sets nothing",
    fix: "Write NAME=value, with a name without spaces, or begin it with # where it is a comment.",
  });
  expect(stdout).not.toContain("canary");
});

it("warns of a port that is taken, and of a Node that is too old", async () => {
  project = await Project.create({ "alien.ts": stackFile });
  const { port, free } = await firstPort();
  const taken = createServer();
  if (free) await once(taken.listen(port, "127.0.0.1"), "listening");
  expect((await doctor()).of("ports")).toMatchObject({ status: "warning" });
  taken.close();
  expect(checkNode("20.19.0").status).toBe("ok");
  expect(checkNode("20.18.9")).toMatchObject({
    status: "problem",
    fix: "Install Node 20 or newer.",
  });
  expect(checkNode("24.0.0").status).toBe("ok");
});
