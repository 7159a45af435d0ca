import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { signingSecret } from "../src/dev/signing-secret.ts";

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "alien-secret-"));
});

afterEach(() => rm(home, { recursive: true }));

it("a secret is made once, for its user alone, and stays", async () => {
  const directory = join(home, "not", "there");
  const secret = await signingSecret(directory);
  expect(secret).toMatch(/^[\da-f]{64}$/);
  expect(await signingSecret(directory)).toBe(secret);
  expect(await readdir(directory)).toEqual(["signing-secret"]);
  expect((await stat(join(directory, "signing-secret"))).mode & 0o777).toBe(0o600);
  expect(await signingSecret(home)).not.toBe(secret);
});

it("starts at the same time get the same one", async () => {
  const secrets = await Promise.all(Array.from({ length: 8 }, () => signingSecret(home)));
  expect(new Set(secrets).size).toBe(1);
  expect(await readFile(join(home, "signing-secret"), "utf8")).toBe(`${secrets[0]}\n`);
});

it("one that the user wrote is taken; an empty file is no secret", async () => {
  const file = join(home, "signing-secret");
  await writeFile(file, "  chosen\n");
  expect(await signingSecret(home)).toBe("chosen");
  await writeFile(file, "\n");
  await expect(signingSecret(home)).rejects.toMatchObject({ code: "SECRET_MISSING" });
});
