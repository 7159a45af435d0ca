import { parseEnv } from "node:util";
import { expect, it } from "vitest";
import { readVariables } from "../src/dev/variables-file.ts";

const VALID = `# what the shop needs
FIRST=1
  export SECOND = two words # a comment
EMPTY=
DOTTED.name-2='it is # no comment'
KEY="-----BEGIN-----
abc=
-----END-----" # of the shop
BACK=\`say "hi"\`
URL=https://example.com/?a=b
LAST="a\\nb"`;

it("a file without mistakes is read as node reads it", () => {
  const { variables, problems } = readVariables(VALID);
  expect(variables).toEqual({ ...parseEnv(VALID) });
  expect(Object.keys(variables)).toHaveLength(8);
  expect(problems).toEqual([]);
  expect(readVariables(VALID.replaceAll("\n", "\r\n")).variables).toEqual(variables);
});

it.each([
  ["A=1\nno setting\nB=2", 2, { A: "1", B: "2" }],
  ["A=1\nNAME\nB=2", 2, { A: "1", B: "2" }],
  ["A=1\nNAME: value\nB=2", 2, { A: "1", B: "2" }],
  ["TWO WORDS=1\nB=2", 1, { B: "2" }],
  ["=1\nB=2", 1, { B: "2" }],
  ["export A\r\nB=2\r\n", 1, { B: "2" }],
  ["A=1\n\n\tB=2\nlast", 4, { A: "1", B: "2" }],
])(
  "a line that sets nothing is told, and those beside it are read: %j",
  (text, line, variables) => {
    const read = readVariables(text);
    expect(read.variables).toEqual(variables);
    expect(read.problems).toMatchObject([{ line, problem: "sets nothing" }]);
  },
);

it("a quote that is not ended is told, and the lines after it are read", () => {
  const { variables, problems } = readVariables("A='open\nB=2\n");
  expect(variables).toEqual({ A: "'open", B: "2" });
  expect(problems).toMatchObject([
    { line: 1, problem: "begins a value with ' and no line ends it" },
  ]);
});

it("a quote that ends at another line's is told there", () => {
  const { problems } = readVariables('A="open\nB="closed"\nC=3\nD="x" tail');
  expect(problems.map(({ line }) => line)).toEqual([2, 4]);
});

it("a mark at the beginning of a file belongs to no name", () => {
  expect(readVariables("\uFEFFA=1").variables).toEqual({ A: "1" });
});

it("a value goes on to the end of its line alone", () => {
  const text = "A=one\u2028two\nB=2";
  expect(readVariables(text)).toEqual({ variables: { A: "one\u2028two", B: "2" }, problems: [] });
});
