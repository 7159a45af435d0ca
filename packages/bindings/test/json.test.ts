import { expect, test } from "vitest";
import { encodeJson } from "../src/queue/json.ts";

const cycle: Record<string, unknown> = { a: { b: [1] } };
cycle.back = { to: cycle };

test.each([
  ["undefined at the root", undefined, "payload"],
  ["a function", { a: [{ f: () => 1 }] }, "payload.a[0].f"],
  ["a symbol", { s: Symbol("x") }, "payload.s"],
  ["a BigInt", [1, 2n], "payload[1]"],
  ["NaN", { "not an identifier": Number.NaN }, 'payload["not an identifier"]'],
  ["Infinity", { deep: { er: Number.NEGATIVE_INFINITY } }, "payload.deep.er"],
  ["an invalid Date", { at: new Date("no") }, "payload.at"],
  ["what toJSON gives", { at: { toJSON: () => ({ n: Number.NaN }) } }, "payload.at.n"],
  ["a cycle", cycle, "payload.back.to"],
  ["undefined from toJSON", { toJSON: () => undefined }, "payload"],
])("refuses %s and says where", (_, payload, path) => {
  expect(() => encodeJson(payload)).toThrow(
    expect.objectContaining({ code: "PAYLOAD_INVALID", details: { path } }),
  );
});

test("a cycle deeper than any stack is refused, and so is nesting deeper than JSON.stringify goes", () => {
  let deep: unknown = Number.NaN;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(() => encodeJson(deep)).toThrow(expect.objectContaining({ code: "PAYLOAD_INVALID" }));
  let fine: unknown = 1;
  for (let level = 0; level < 1_000; level++) fine = [fine];
  expect(JSON.parse(encodeJson(fine))).toEqual(fine);
});

test("the same object twice is no cycle", () => {
  const shared = { n: 1 };
  const dated = { at: new Date(0), a: shared, b: [shared, shared] };
  expect(JSON.parse(encodeJson(dated))).toMatchObject({ a: { n: 1 }, b: [{ n: 1 }, { n: 1 }] });
  expect(encodeJson({ a: shared, b: [shared, shared] })).toBe(
    '{"a":{"n":1},"b":[{"n":1},{"n":1}]}',
  );
});

test("what JSON says of the rest holds: optional fields vanish, dates become text", () => {
  expect(encodeJson({ a: undefined, b: null, at: new Date(0) })).toBe(
    '{"b":null,"at":"1970-01-01T00:00:00.000Z"}',
  );
});

test.each([
  ["a Map", new Map([["a", 1]]), "Map"],
  ["a Set", new Set([1]), "Set"],
  ["a promise that nobody awaited", Promise.resolve(1), "Promise"],
  ["a RegExp", /a/, "RegExp"],
  ["an error", new TypeError("lost"), "TypeError"],
  ["a buffer without a view", new ArrayBuffer(8), "ArrayBuffer"],
])("%s is refused with its path instead of being sent as {}", (_, value, type) => {
  expect(() => encodeJson({ deep: [1, value] })).toThrow(
    `payload.deep[1] cannot be sent as JSON: it is of type ${type}`,
  );
});

test("what is empty by itself, or says what it is as JSON, is sent", () => {
  class Nothing {}
  const coded = Object.assign(new Error("kept"), { toJSON: () => "kept" });
  const payload = { a: {}, b: Object.create(null), c: new Nothing(), d: [], e: coded };
  expect(encodeJson(payload)).toBe('{"a":{},"b":{},"c":{},"d":[],"e":"kept"}');
});

test("an inherited method does not make an instance a function", () => {
  function Old(this: { n: number }) {
    this.n = 1;
  }
  Old.prototype.method = () => 1;
  expect(encodeJson(Reflect.construct(Old, []))).toBe('{"n":1}');
});

test("lone surrogates and __proto__ keys travel exactly and pollute nothing", () => {
  const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":{}},"s":"\\ud800"}';
  const payload: unknown = JSON.parse(text);
  expect(encodeJson(payload)).toBe(text);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
