import { systemClock } from "@alienplatform/bindings";
import { SubscriberClient } from "@google-cloud/pubsub/build/src/v1/index.js";
import { googleAuthLibrary, grpc } from "google-gax";
import { afterAll } from "vitest";
import {
  type Documents,
  endpointsAt,
  GoogleServer,
} from "../../../../packages/gcp/test/google/google-server.ts";
import type { GoogleWorld } from "../../../../packages/gcp/test/google/world.ts";
import { startFirestoreEmulator } from "../firestore-emulator.ts";
import type { AtEnd } from "../peer.ts";
import { startPubSubEmulator } from "../pubsub-emulator.ts";
import { FunctionHost } from "./function-host.ts";
import { frontOf } from "./pubsub-front.ts";
import { mirrorTo } from "./pubsub-mirror.ts";

/** A project of Google Cloud on this machine. */
export interface GooglePeer {
  readonly world: GoogleWorld;
  readonly host: FunctionHost;
  /** The variables that lead there. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Google's own emulators of Pub/Sub and of Firestore, and functions-framework; around them control planes that are checked
 * by Google's protos. All of it ends after the last test of the file.
 */
export async function startGoogle(atEnd: AtEnd = afterAll): Promise<GooglePeer> {
  const emulator = await startPubSubEmulator(atEnd);
  const firestore = await startFirestoreEmulator(atEnd);
  const relay = { of: (_subscription: string) => "" };
  const google = new GoogleServer(
    mirrorTo(emulator.host, (subscription) => relay.of(subscription)),
    documentsIn(firestore),
  );
  google.world.clock = systemClock;
  const { url, server } = await frontOf(google.http, emulator.host);
  const environment = {
    ...endpointsAt(url),
    GOOGLE_CLOUD_PROJECT: google.world.project,
    GOOGLE_CLOUD_REGION: "europe-west1",
  };
  const host = await FunctionHost.start(google.world, endpointsAt(url), atEnd);
  relay.of = (subscription) => host.relayOf(subscription);
  const waiting = waitingIn(emulator.host);
  google.world.backlog = (id) => waiting.count(google.world, id);
  atEnd(async () => {
    await waiting.close();
    server.close();
    google.http.closeAllConnections();
  });
  return { world: google.world, host, environment };
}

/** The emulator has every database at once, and asks for somebody whom no rule holds back. */
function documentsIn(emulator: string): Documents {
  return async (method, path, bytes) => {
    const answer = await fetch(`${emulator}${path}`, {
      method,
      headers: { authorization: "Bearer owner", "content-type": "application/json" },
      ...(bytes.length === 0 ? {} : { body: Buffer.from(bytes) }),
    });
    return { status: answer.status, body: await answer.text() };
  };
}

/** Counts what waits in a subscription that is pulled from: the emulator tells no number. */
function waitingIn(emulator: string) {
  const [apiEndpoint = "", port = ""] = emulator.split(":");
  const { GoogleAuth, PassThroughClient } = googleAuthLibrary;
  const client = new SubscriberClient({
    apiEndpoint,
    port: Number(port),
    sslCreds: grpc.credentials.createInsecure(),
    auth: new GoogleAuth({ authClient: new PassThroughClient() }),
  });
  return {
    async count(world: GoogleWorld, id: string): Promise<number> {
      const subscription = `projects/${world.project}/subscriptions/${id}`;
      const { pushConfig } = world.subscriptions.get(subscription) ?? {};
      if (Object.keys(pushConfig ?? {}).length > 0) return 0;
      const [{ receivedMessages }] = await client.pull({
        subscription,
        maxMessages: 100,
        returnImmediately: true,
      });
      const ackIds = (receivedMessages ?? []).flatMap(({ ackId }) => ackId ?? []);
      if (ackIds.length > 0) {
        await client.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds: 0 });
      }
      return ackIds.length;
    },
    close: () => client.close(),
  };
}
