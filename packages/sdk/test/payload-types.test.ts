import * as alien from "@alienplatform/core";
import {
  ack,
  type Message,
  onQueueMessage,
  queue,
  type ReceivedMessage,
  retry,
  type SendReceipt,
  type VerdictHandler,
} from "@alienplatform/sdk";
import { type } from "arktype";
import * as v from "valibot";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";

const Image = z.object({ imageId: z.string(), width: z.string().transform(Number) });
const images = new alien.Queue("images").schema(Image).build();

const byValibot = new alien.Queue("images")
  .schema(v.object({ imageId: v.string(), width: v.pipe(v.string(), v.transform(Number)) }))
  .maxAttempts(3)
  .build();
const byArktype = new alien.Queue("images")
  .schema(type({ imageId: "string", width: "string.numeric.parse" }))
  .fifo({ group: "imageId" })
  .build();

/** Compiled, never called. */
export async function typed() {
  const tasks = await queue(images);
  expectTypeOf(
    tasks.send("images", { imageId: "1", width: "3" }),
  ).resolves.toEqualTypeOf<SendReceipt>();
  await tasks.send({ imageId: "1", width: "3" }, { delay: "5m" });
  // @ts-expect-error the schema's input is what is sent
  await tasks.send("images", { imageId: "1", width: 3 });
  // @ts-expect-error imageId is missing
  await tasks.send({ width: "3" });
  // @ts-expect-error a delay has a unit
  await tasks.send({ imageId: "1", width: "3" }, { delay: "5" });
  // @ts-expect-error nobody knows the unit of a number
  await tasks.send({ imageId: "1", width: "3" }, { delay: 5 });
  // @ts-expect-error there is no such option
  await tasks.send({ imageId: "1", width: "3" }, { dealy: "5m" });
  await tasks.sendBatch([{ payload: { imageId: "1", width: "3" }, priority: 3 }]);
  // @ts-expect-error each payload is checked
  await tasks.sendBatch([{ payload: { imageId: 1 } }]);

  const [message] = await tasks.receive("images", 10, { wait: "20s" });
  expectTypeOf(message).toEqualTypeOf<
    ReceivedMessage<{ imageId: string; width: number }> | undefined
  >();
  for await (const each of tasks.messages()) expectTypeOf(each.payload.width).toBeNumber();

  await tasks.call("thumbnail", { imageId: "1", width: "3" }, { delay: "5m" });
  // @ts-expect-error a job's payload is checked too
  await tasks.call("thumbnail", { imageId: "1", width: 3 });
  // @ts-expect-error text is no image
  await tasks.sendText(3);

  for (const declared of [byValibot, byArktype] as const) {
    const other = await queue(declared);
    await other.send("images", { imageId: "1", width: "3" });
    // @ts-expect-error the schema's input is what is sent
    await other.send("images", { imageId: "1", width: 3 });
    // @ts-expect-error width is missing
    await other.send({ imageId: "1" });
    // @ts-expect-error each payload is checked
    await other.sendBatch([{ payload: { imageId: "1", width: 3 } }]);
    const [got] = await other.receive();
    expectTypeOf(got?.payload).toEqualTypeOf<{ imageId: string; width: number } | undefined>();
    onQueueMessage(declared, async ({ payload }) => {
      expectTypeOf(payload).toEqualTypeOf<{ imageId: string; width: number }>();
      // @ts-expect-error the output has no such field
      return payload.height;
    });
    onQueueMessage(declared, {
      thumbnail: (payload, { message }) => {
        expectTypeOf(payload.width).toBeNumber();
        expectTypeOf(message.payload).toBeUnknown();
      },
    });
  }

  const named = await queue<{ n: number }>("numbers");
  await named.send({ n: 1 });
  // @ts-expect-error typed by the argument
  await named.send({ n: "1" });
  const [numbered] = await named.receive();
  expectTypeOf(numbered?.payload).toEqualTypeOf<{ n: number } | undefined>();
  const unknown = await queue("numbers");
  const [first] = await unknown.receive();
  expectTypeOf(first?.payload).toBeUnknown();

  onQueueMessage(images, (each) => {
    expectTypeOf(each).toEqualTypeOf<Message<{ imageId: string; width: number }>>();
  });
  onQueueMessage(images, { thumbnail: (payload) => expectTypeOf(payload.width).toBeNumber() });
  onQueueMessage<{ n: number }>("numbers", ({ payload }, { signal, log, extend }) => {
    expectTypeOf(payload.n).toBeNumber();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    log.info("hello", { n: payload.n });
    return extend("1m");
  });
  const verdicts: VerdictHandler<{ n: number }> = ({ payload }) =>
    payload.n > 1 ? ack({ done: true }) : retry("too small", { delay: "1m" });
  onQueueMessage("numbers", verdicts);
  // @ts-expect-error nothing but verdicts
  const wrong: VerdictHandler = () => "done";
  return wrong;
}

test("the payload's type goes from the declaration to send, receive and handlers", () => {
  // The compiler has proved it.
  expectTypeOf(typed).toBeFunction();
});
