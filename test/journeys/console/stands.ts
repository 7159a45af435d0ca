import { systemClock } from "@alienplatform/bindings";
import { PublisherClient, SubscriberClient } from "@google-cloud/pubsub/build/src/v1/index.js";
import { googleAuthLibrary, grpc } from "google-gax";
import { ArmServer } from "../../../packages/azure/test/arm/arm-server.ts";
import { AccountServer } from "../../../packages/cloudflare/test/account/account-server.ts";
import {
  type Documents,
  endpointsAt,
  GoogleServer,
} from "../../../packages/gcp/test/google/google-server.ts";
import type { PubSubMirror } from "../../../packages/gcp/test/google/pubsub-service.ts";
import { FirestoreServer } from "../../../packages/gcp/test/table/firestore-server.ts";
import { PubSubServer } from "../../../packages/gcp/test/wire/server.ts";
import { frontOf } from "../../peers/support/gcp/pubsub-front.ts";

/** A cloud on this machine that needs nothing but Node: where stages are made, and where their messages are. */
export interface Stand {
  readonly platform: string;
  /** The variables that lead there. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Of each platform that has one. */
export const stands: Readonly<Record<string, () => Promise<Stand>>> = {
  azure: async () => {
    const server = await ArmServer.start();
    return {
      platform: "azure",
      environment: server.environment,
      close: () => server.close(),
    };
  },
  cloudflare: async () => {
    const server = await AccountServer.open();
    return {
      platform: "cloudflare",
      environment: server.environment,
      close: () => server.close(),
    };
  },
  gcp: startGoogle,
};

async function startGoogle(): Promise<Stand> {
  const pubsub = new PubSubServer(systemClock);
  const port = await pubsub.listen();
  const firestore = new FirestoreServer();
  const { mirror, close } = mirrorTo(port);
  const google = new GoogleServer(mirror, documentsIn(await firestore.listen()));
  const front = await frontOf(google.http, `127.0.0.1:${port}`);
  return {
    platform: "gcp",
    environment: {
      ...endpointsAt(front.url),
      GOOGLE_CLOUD_PROJECT: google.world.project,
      GOOGLE_CLOUD_REGION: "europe-west1",
    },
    async close() {
      front.server.close();
      google.http.closeAllConnections();
      google.http.close();
      await close();
      firestore.close();
      pubsub.close();
    },
  };
}

function documentsIn(url: string): Documents {
  return async (method, path, bytes) => {
    const body = bytes.length === 0 ? {} : { body: Buffer.from(bytes) };
    const answer = await fetch(`${url}${path}`, { method, ...body });
    return { status: answer.status, body: await answer.text() };
  };
}

/** Makes in the server of the wire what the control plane was asked for. */
function mirrorTo(port: number): { mirror: PubSubMirror; close(): Promise<void> } {
  const { GoogleAuth, PassThroughClient } = googleAuthLibrary;
  const options = {
    apiEndpoint: "127.0.0.1",
    port,
    sslCreds: grpc.credentials.createInsecure(),
    auth: new GoogleAuth({ authClient: new PassThroughClient() }),
  };
  const publisher = new PublisherClient(options);
  const subscriber = new SubscriberClient(options);
  const mirror: PubSubMirror = {
    topicMade: async ({ name }) => void (await publisher.createTopic({ name: String(name) })),
    topicDeleted: async (topic) => void (await publisher.deleteTopic({ topic })),
    async subscriptionMade({ name, topic, ackDeadlineSeconds, enableMessageOrdering, ...rest }) {
      await subscriber.createSubscription({
        name: String(name),
        topic: String(topic),
        ackDeadlineSeconds: Number(ackDeadlineSeconds ?? 10),
        enableMessageOrdering: enableMessageOrdering === true,
        deadLetterPolicy: rest.deadLetterPolicy as object,
      });
    },
    // A stage that is looked at is not changed.
    subscriptionChanged: async () => undefined,
    subscriptionDeleted: async (subscription) =>
      void (await subscriber.deleteSubscription({ subscription })),
  };
  return {
    mirror,
    async close() {
      await Promise.all([publisher.close(), subscriber.close()]);
    },
  };
}
