import { once } from "node:events";
import rhea, { type EventContext, type Session } from "rhea";
import { expect, it, onTestFinished } from "vitest";
import { WireServer } from "./wire/server.ts";

it("a request is accepted before it is answered, also where the answer could go at once", async () => {
  const server = new WireServer();
  await server.listen();
  onTestFinished(() => server.close());
  const connection = rhea.create_container().connect({
    host: "127.0.0.1",
    port: server.port,
    username: "anonymous",
    reconnect: false,
  });
  const receiver = connection.open_receiver({ source: "$cbs", target: "me" });
  const sender = connection.open_sender({ target: "$cbs" });
  await Promise.all([once(receiver, "receiver_open"), once(sender, "sendable")]);
  const frames = framesOf(receiver.session);
  sender.send({ message_id: "1", reply_to: "me", body: "a token" });
  const [context] = await once(receiver, "message");
  expect((context as EventContext).message?.correlation_id).toBe("1");
  expect(frames).toEqual(["disposition", "transfer"]);
  connection.close();
});

/** What comes in on a session, in the order of the wire: rhea tells of dispositions later than of messages. */
function framesOf(session: Session): readonly string[] {
  const frames: string[] = [];
  // rhea's types do not tell of them.
  const inner = session as unknown as Record<string, (frame: unknown) => void>;
  for (const kind of ["disposition", "transfer"]) {
    const handle = inner[`on_${kind}`]?.bind(session);
    inner[`on_${kind}`] = (frame) => {
      frames.push(kind);
      handle?.(frame);
    };
  }
  return frames;
}
