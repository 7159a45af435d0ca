import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, it } from "vitest";
import { Turns } from "../src/queue/turns.ts";

/** Lets what waits in the microtask queue run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("turns", () => {
  it("start as many at once as there is room for, the others as room is made, in order", async () => {
    const turns = new Turns(2);
    const started: string[] = [];
    for (const name of ["a", "b", "c", "d"]) turns.begin(() => started.push(name) > 0);
    expect(started).toEqual(["a", "b"]);
    turns.end();
    await turn();
    expect(started).toEqual(["a", "b", "c"]);
    turns.end();
    await turn();
    expect(started).toEqual(["a", "b", "c", "d"]);
  });

  it("pass on the room of one that did not start", async () => {
    const turns = new Turns(1);
    const started: string[] = [];
    turns.begin(() => started.push("a") > 0);
    turns.begin(() => false);
    turns.begin(() => started.push("c") > 0);
    turns.end();
    await turn();
    expect(started).toEqual(["a", "c"]);
    turns.end();
    turns.begin(() => started.push("d") > 0);
    expect(started).toEqual(["a", "c", "d"]);
  });

  it("start what waited in its own context, not in that of whoever made room", async () => {
    const context = new AsyncLocalStorage<string>();
    const turns = new Turns(1);
    const seen: (string | undefined)[] = [];
    const begin = () => turns.begin(() => seen.push(context.getStore()) > 0);
    context.run("request a", begin);
    context.run("request b", begin);
    context.run("request a", () => turns.end());
    await turn();
    expect(seen).toEqual(["request a", "request b"]);
  });

  it("take in one that ends while it is started", async () => {
    const turns = new Turns(1);
    let ended = 0;
    for (let time = 0; time < 3; time++) {
      turns.begin(() => {
        turns.end();
        return ++ended > 0;
      });
    }
    await turn();
    expect(ended).toBe(3);
  });
});
