import { describe, expect, it } from "vitest";
import { inTime } from "../web/src/data/applied.ts";
import { told, toldOfGroup } from "../web/src/pages/dead/told.ts";

describe("what the console says of a change", () => {
  it("is how many letters are gone, were gone before, and are refused", () => {
    const results = [{ applied: true }, { applied: false }, { error: { detail: "too big" } }];
    expect(told([{ results }, { results: [{ applied: true }] }], "redrive")).toBe(
      "2 letters redriven, 1 not there any more, 1 refused",
    );
    expect(told([{ results: [{ applied: false }] }], "discard")).toBe(
      "0 letters discarded, 1 not there any more",
    );
    expect(told([{}], "discard")).toBe("The server is at it; its progress is below.");
  });

  it("is how many of an error's letters, and that the rest was given up where it was", () => {
    expect(toldOfGroup({ done: 3, status: "SUCCEEDED" }, "redrive")).toBe("3 letters redriven");
    expect(toldOfGroup({ done: 1, status: "CANCELLED" }, "discard")).toBe(
      "1 letter discarded, the rest was given up",
    );
  });

  it("is that it came too late, where nothing was changed", () => {
    expect(() => inTime({ applied: false })).toThrow("Too late");
    expect(() => inTime({ applied: true })).not.toThrow();
    expect(() => inTime({ applied: "unknown" })).not.toThrow();
  });
});
