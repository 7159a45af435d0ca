import { systemClock } from "@alienplatform/bindings";
import { PubSubAdmin } from "../../../../packages/gcp/test/wire/pubsub-admin.ts";
import { PubSubServer } from "../../../../packages/gcp/test/wire/server.ts";
import type { Place } from "../place.ts";

type AtEnd = Parameters<Place["open"]>[1];

/** Pub/Sub, as a server that is started for it speaks it; `start` answers its endpoint. */
export function pubsub(name: string, start: (atEnd: AtEnd) => Promise<string>): Place {
  return {
    name,
    async open(options, atEnd) {
      const admin = new PubSubAdmin(await start(atEnd));
      atEnd(() => admin.close());
      const address = await admin.make("tasks", options);
      return { binding: { platform: "gcp", address: { ...address } } };
    },
  };
}

export const pubsubWire = pubsub("Pub/Sub (a wire server of our own)", async (atEnd) => {
  const server = new PubSubServer(systemClock);
  const port = await server.listen();
  atEnd(() => server.close());
  return `http://127.0.0.1:${port}`;
});
