import { expect, test } from "vitest";
import { fc } from "../../../../test/property.ts";
import { fromPlainKey, plainKey } from "../../src/table/plain-key.ts";

const part = fc.string({
  unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 200,
});
const alike = fc
  .tuple(part, part, part)
  .map(([start, a, b]): [string, string] => [start + a, start + b]);

test("a key is spelled in digits, letters and dashes, and read back", () => {
  fc.assert(
    fc.property(part, (key) => {
      const plain = plainKey(key);
      expect(plain).toMatch(/^[-0-9A-Za-z]+$/);
      expect(plain.length).toBeLessThanOrEqual(2 * key.length);
      expect(fromPlainKey(plain)).toBe(key);
    }),
  );
});

test("keys keep their order, also where they begin alike", () => {
  fc.assert(
    fc.property(alike, ([a, b]) => {
      expect(Math.sign(compare(plainKey(a), plainKey(b)))).toBe(compare(a, b));
    }),
    { numRuns: 1_000 },
  );
});

test("what most keys are made of stays as it is", () => {
  expect(plainKey("01K8ABCDEFabcdef")).toBe("01K8ABCDEFabcdef");
  expect(plainKey("key/tasks 9Zz~")).toBe("key-ftasks-090Z0z0z4");
});

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
