import { expect, test } from "vitest";
import { fc } from "../../../test/property.ts";
import { utf8Size } from "../src/queue/text.ts";

test("the size of a text is that of its UTF-8, however long it is", () => {
  const times = fc.constantFrom(1, 100, 10_000);
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 20 }), times, (unit, count) => {
      const text = unit.repeat(count);
      expect(utf8Size(text)).toBe(Buffer.byteLength(text));
    }),
  );
  const widest = "\uffff".repeat(2_048); // three bytes each, and as long as a short one is
  expect(utf8Size(widest)).toBe(3 * 2_048);
});
