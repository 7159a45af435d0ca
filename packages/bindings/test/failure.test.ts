import { expect, test } from "vitest";
import { z } from "zod";
import { toFailure } from "../src/queue/failure.ts";
import { deadLetter } from "../src/queue/verdict.ts";
import { referenceWorld } from "./reference.ts";

/** What is kept of a delivery whose handler did this. */
async function failureAfter(handler: () => unknown) {
  const { client, consume, clock, queue } = referenceWorld({ maxAttempts: 1 });
  await client().send(1);
  const consumer = consume(handler);
  await clock.advance(1);
  await consumer.drain(0);
  return queue.deadLetters()[0]?.error;
}

function odd(change: (error: Error) => void) {
  return () => {
    const error = new Error("odd");
    change(error);
    throw error;
  };
}

test("what cannot be turned into text is a failure as any other", async () => {
  const bare = Object.create(null);
  bare.itself = bare;
  const error = await failureAfter(() => {
    throw bare;
  });
  expect(error).toEqual({ code: "HANDLER_FAILED", message: "[object Object]" });
});

test("an error whose parts are no text is kept as text", async () => {
  const message = odd((error) => Object.assign(error, { message: { a: 1 }, stack: 7 }));
  expect(await failureAfter(message)).toEqual({ code: "Error", message: '{"a":1}' });
  const name = odd((error) => Object.assign(error, { name: 42 }));
  expect(await failureAfter(name)).toMatchObject({ code: "Error", message: "odd" });
});

test("a stack is kept with the calls of the user's own, and whole where it has none", () => {
  const theirs = [
    "Error: no such image",
    "    at resize (/app/src/resize.ts:3:9)",
    "    at async Object.load (file:///app/node_modules/sharp/lib/load.js:7:1)",
    "    at /app/src/node:worker.ts:6:48",
  ];
  const others = [
    "    at async handled (/app/node_modules/@alienplatform/bindings/dist/node/chunk-A.js:2:1)",
    "    at file:///C:/app/node_modules/@alienplatform/sdk/dist/node/index.js:4:2",
    "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
    "    at node:internal/main/run_main_module:36:49",
  ];
  const kept = (...lines: readonly string[]) =>
    toFailure(Object.assign(new Error("no such image"), { stack: lines.join("\n") })).stack;
  expect(kept(...theirs, ...others)).toBe(theirs.join("\n"));
  expect(kept("Error: no such image", ...others)).toBe(
    ["Error: no such image", ...others].join("\n"),
  );
});

test("a stack is looked through in one pass, whatever a message has put into it", () => {
  // A search that began anew at each of these would go on for hours.
  const line = `    at ${"(".repeat(1_000_000)}`;
  const { stack } = toFailure(Object.assign(new Error("odd"), { stack: `Error: odd\n${line}` }));
  expect(stack).toContain("    at ((((");
});

test("an error that throws when it is read is a failure as any other", async () => {
  const unreadable = odd((error) =>
    Object.defineProperty(error, "message", {
      get: () => {
        throw new Error("no");
      },
    }),
  );
  expect(await failureAfter(unreadable)).toMatchObject({ code: "Error" });
});

test("a verdict without a reason, as JavaScript allows, has one all the same", async () => {
  // @ts-expect-error the reason is missing
  const error = await failureAfter(() => deadLetter());
  expect(error).toEqual({ code: "HANDLER_FAILED", message: "undefined" });
});

test("of a long message and a long stack only the beginning is kept", async () => {
  const error = await failureAfter(() => {
    throw new Error("x".repeat(20_000_000));
  });
  expect(error?.message).toMatch(/^x+… \(20000000 characters\)$/);
  expect(JSON.stringify(error).length).toBeLessThan(32 * 1024);
});

test("of many issues only the first are kept", async () => {
  const { client, queue } = referenceWorld();
  await client().send(Array.from({ length: 10_000 }, () => "x"));
  await client({ schema: z.array(z.number()) }).receive();
  const error = queue.deadLetters()[0]?.error;
  expect(error?.issues).toHaveLength(50);
  expect(JSON.stringify(error).length).toBeLessThan(64 * 1024);
});
