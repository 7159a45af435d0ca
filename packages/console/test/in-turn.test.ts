import { describe, expect, it } from "vitest";
import { inTurn } from "../web/src/data/in-turn.ts";

const { signal } = new AbortController();

describe("what is done in turn", () => {
  it("begins when what came before it is over, also by an error", async () => {
    const seen: string[] = [];
    let fail: (error: Error) => void = () => undefined;
    const one = inTurn("a", signal, () => new Promise<void>((_, reject) => (fail = reject)));
    const two = inTurn("a", signal, async () => void seen.push("two"));
    await inTurn("b", signal, async () => void seen.push("of another name"));
    fail(new Error("on purpose"));
    await expect(one).rejects.toThrow("on purpose");
    await two;
    expect(seen).toEqual(["of another name", "two"]);
  });

  it("is not begun once it is aborted, and holds up nothing", async () => {
    const seen: string[] = [];
    const left = new AbortController();
    let end: () => void = () => undefined;
    const one = inTurn("a", signal, () => new Promise<void>((resolve) => (end = resolve)));
    const two = inTurn("a", left.signal, async () => void seen.push("two"));
    const three = inTurn("a", signal, async () => void seen.push("three"));
    await inTurn("b", signal, async () => undefined);
    left.abort();
    end();
    await expect(two).rejects.toThrow();
    await Promise.all([one, three]);
    expect(seen).toEqual(["three"]);
  });
});
