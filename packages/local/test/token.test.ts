import { expect, test } from "vitest";
import { TokenSource } from "../src/engine/token.ts";

test("no receipt begins with a dash, which a command would take for an option", () => {
  let drawn = 0;
  const tokens = new TokenSource((bytes) => Buffer.alloc(bytes).map(() => drawn++ >>> 4));
  const first = new Set(
    Array.from({ length: 10_000 }, () => tokens.next().toString("base64url").charAt(0)),
  );
  expect(first.size).toBe(63);
  expect(first).not.toContain("-");
});
