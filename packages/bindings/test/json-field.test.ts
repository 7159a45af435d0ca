import { expect, test } from "vitest";
import { jsonField, sameScalar } from "../src/queue/json-field.ts";

const text = String.raw`{ "a": {"b": [1, {"c": "x\"]}\\"}, [2]]}, "n": 12345678901234567890, "a.b": 7,
  "ä": null, "\u0065": true, "twice": 1, "twice": 2, "empty": {}, "list": [] }`;

test.each([
  ["a.b.0", "1"],
  ["a.b.1.c", String.raw`"x\"]}\\"`],
  ["a.b.2", "[2]"],
  ["n", "12345678901234567890"],
  ["ä", "null"],
  ["e", "true"],
  ["twice", "2"],
  ["empty", "{}"],
  ["a.b", String.raw`[1, {"c": "x\"]}\\"}, [2]]`],
  ["missing", undefined],
  ["a.b.3", undefined],
  ["a.b.c", undefined],
  ["n.0", undefined],
  ["list.0", undefined],
])("the field %s", (path, found) => {
  expect(jsonField(text, path.split("."))).toBe(found);
});

test("agrees with JSON.parse wherever that is exact", () => {
  const value = { a: [[], {}, { "": "\u2028" }], b: { c: { d: [null, false, -1.5e3, "é"] } } };
  for (const indent of [0, 2]) {
    const json = JSON.stringify(value, undefined, indent);
    for (const path of ["a.0", "a.1", "a.2.", "b.c.d.0", "b.c.d.1", "b.c.d.2", "b.c.d.3", "b.c"]) {
      const wanted = path.split(".").reduce<unknown>(
        // Each step is into an object or an array of the value above.
        (at, step) => (at as Record<string, unknown>)[step],
        value,
      );
      expect(JSON.parse(jsonField(json, path.split(".")) ?? "")).toEqual(wanted);
    }
  }
});

test.each(["", "{", '{"a"', '{"a":', '{"a":"', '{"a":"\\"', "{a:1}", "[1", '"a', '{"b":1 "a":2}'])(
  "what is no JSON has no field a: %s",
  (broken) => {
    expect(jsonField(broken, ["a"])).toBe(undefined);
  },
);

test("a text of a megabyte and a depth of a hundred thousand do no harm", () => {
  const long = `{"x":"${"\\\\".repeat(500_000)}","a":1}`;
  expect(jsonField(long, ["a"])).toBe("1");
  expect(jsonField(`{"x":${"[".repeat(100_000)},"a":1}`, ["a"])).toBe(undefined);
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  expect(jsonField(`{"x":${deep},"a":1}`, ["a"])).toBe("1");
  expect(jsonField(`{"x":${deep},"a":1}`, ["x"])).toBe(deep);
});

test.each([
  ["1", "1.0", true],
  ["1e2", "100", true],
  ["100", "1", false],
  ["0.10", "1e-1", true],
  ["-0", "0", true],
  ["9007199254740993", "9007199254740992", false],
  ["1", '"1"', false],
  ['"\\u0061"', '"a"', true],
  ["true", "true", true],
  ["null", "false", false],
  ["{}", "{}", true],
  ["1e400", "1e401", false],
])("%s and %s are the same: %s", (one, other, same) => {
  expect(sameScalar(one, other)).toBe(same);
});
