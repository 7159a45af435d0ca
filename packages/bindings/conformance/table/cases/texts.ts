import assert from "node:assert/strict";
import type { TableCase } from "../table-case.ts";

/** Space to tilde. */
const PRINTABLE = Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n));
const MOST_BYTES = 256 * 1_024;

const texts: Readonly<Record<string, string>> = {
  nothing: "",
  "JSON with a big number": '{"n":12345678901234567890,"text":"a \\"b\\" \\u0000"}',
  "spaces and ends of lines": "  \t a \r\n b \n ",
  "control characters": Array.from({ length: 32 }, (_, n) => String.fromCharCode(n)).join("."),
  "a zero in the middle": "before\u0000after",
  "many scripts": "äöü ß Ж 漢字 한 עברית ๏ ⠿",
  "characters of four bytes": "👩‍👩‍👧‍👦 𝄞 🏳️‍🌈",
  "the edges of Unicode":
    "\u007f\u0080\u07ff\u0800\u2028\u2029\ud7ff\ue000\ufeff\ufffd\uffff\u{10000}\u{10ffff}",
  "a mark of the order of bytes first": "\ufeffafter",
  "what quotes and escapes": `' " \` \\ / % %2F + & <b> ]]> -- ; $1 {} \${x}`,
  "a number": "007",
  "a time": "2030-01-01T00:00:00.000Z",
};

/** Texts: values and keys come back as they were, whatever is in them. */
export const textCases: readonly TableCase[] = [
  {
    name: "values come back as they were, whatever is in them",
    async run(bench) {
      for (const [what, value] of Object.entries(texts)) {
        await bench.put(what, value);
        assert.equal(await bench.value(what), value, what);
      }
      const listed = await bench.table.list(bench.partition, { limit: 100 });
      assert.deepEqual(Object.fromEntries(listed.map(({ sort, value }) => [sort, value])), texts);
    },
  },
  ...[
    ["one byte", "x"],
    ["two bytes", "ö"],
    ["three bytes", "漢"],
    ["four bytes", "𝄞"],
    ["one byte that are escaped on the way", "\u0001"],
  ].map(
    ([what = "", character = ""]): TableCase => ({
      name: `a value has up to 256 KiB, in characters of ${what}`,
      async run(bench) {
        const size = Math.floor(MOST_BYTES / Buffer.byteLength(character));
        const value = character.repeat(size);
        const version = await bench.put("a", value);
        assert.equal((await bench.value("a")) === value, true, "it came back changed");
        await bench.put("a", value, version);
      },
    }),
  ),
  {
    name: "every printable character is a key, and keys with it keep their order",
    async run(bench) {
      const sorts = PRINTABLE.flatMap((character) => [
        character,
        `a${character}`,
        `a${character}b`,
        `${character}${character}`,
      ]);
      const each = [...new Set(sorts)];
      await inTwenties(each, (sort) => bench.put(sort, `of ${sort}`));
      await inTwenties(PRINTABLE, async (character) => {
        assert.equal(await bench.value(character), `of ${character}`);
      });
      const found = await bench.table.list(bench.partition, { limit: 500 });
      assert.deepEqual(
        found.map(({ sort, value }) => [sort, value]),
        each.sort().map((sort) => [sort, `of ${sort}`]),
      );
      assert.deepEqual(await bench.sorts(1, "a/"), ["a/b"]);
    },
  },
  {
    name: "every printable character is a partition of its own",
    async run(bench) {
      const check = async (character: string) => {
        const key = { partition: `${bench.partition}${character}`, sort: "a" };
        const version = await bench.table.put({ ...key, value: character }, undefined);
        assert(version !== undefined, `the partition of ${JSON.stringify(character)} is another's`);
        const item = { ...key, value: character, version };
        assert.deepEqual(await bench.table.get(key), item);
        assert.deepEqual(await bench.table.list(key.partition, { limit: 10 }), [item]);
        assert.equal(await bench.table.delete(key, version), true);
      };
      await inTwenties(PRINTABLE, check);
    },
  },
  {
    name: "keys that a service may keep for itself are keys",
    async run(bench) {
      const sorts = [
        ".",
        "..",
        "__name__",
        "__a__",
        "*",
        "null",
        "0",
        "-1",
        "%2F",
        "%",
        "''",
        "a'b",
      ];
      for (const sort of sorts) await bench.put(sort, sort);
      for (const sort of sorts) {
        assert.equal(await bench.value(sort), sort);
        const partition = `${sort}${bench.partition.replaceAll("/", "")}${sort}`;
        assert(await bench.table.put({ partition, sort, value: sort }, undefined), sort);
        assert.equal((await bench.table.list(partition, { limit: 10 })).length, 1, sort);
      }
      assert.deepEqual(await bench.sorts(100), sorts.sort());
    },
  },
  {
    name: "the parts of a key have up to 200 characters, whichever they are",
    async run(bench) {
      for (const character of ["a", "/", ".", "%", " ", '"', "\\", "?", "#", "~"]) {
        const partition = bench.partition.padEnd(200, character);
        const keys = [character.repeat(199), character.repeat(200)];
        for (const sort of keys) {
          assert(await bench.table.put({ partition, sort, value: sort }, undefined), character);
        }
        const found = await bench.table.list(partition, { limit: 10 });
        assert.deepEqual(
          found.map(({ partition, sort, value }) => [partition, sort, value]),
          keys.map((sort) => [partition, sort, sort]),
        );
      }
    },
  },
];

/** Side by side, as many at once as a small service takes. */
async function inTwenties(
  all: readonly string[],
  each: (one: string) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < all.length; from += 20) {
    await Promise.all(all.slice(from, from + 20).map(each));
  }
}
