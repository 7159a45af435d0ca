import { PublisherClient, SubscriberClient } from "@google-cloud/pubsub/build/src/v1/index.js";
import { googleAuthLibrary, grpc } from "google-gax";
import { PubSubAdmin } from "../../../packages/gcp/test/wire/pubsub-admin.ts";
import { CLOUD_OPTIONS, type Cloud, type Sent } from "./cloud.ts";

/** Pub/Sub on our wire server. */
export const pubsub: Cloud = {
  name: "Pub/Sub on our wire server",
  server: "pubsub",
  sdk: "@google-cloud/pubsub",
  batch: 100,
  async open(server) {
    const { endpoint } = server;
    const admin = new PubSubAdmin(endpoint);
    const address = await admin.make(await server.make(), CLOUD_OPTIONS);
    await admin.close();
    const { hostname, port } = new URL(endpoint);
    const { GoogleAuth, PassThroughClient } = googleAuthLibrary;
    const options = {
      apiEndpoint: hostname,
      port: Number(port),
      sslCreds: grpc.credentials.createInsecure(),
      auth: new GoogleAuth({ authClient: new PassThroughClient() }),
    };
    const publisher = new PublisherClient(options);
    const subscriber = new SubscriberClient(options);
    const topic = `projects/${address.project}/topics/${address.topic}`;
    const subscription = `projects/${address.project}/subscriptions/${address.subscription}`;
    const publish = async (sent: readonly Sent[]) => {
      const messages = sent.map(({ body, beside }) =>
        beside === undefined
          ? { data: Buffer.from(body) }
          : { data: Buffer.from(body), attributes: { beside } },
      );
      // The generated client gathers by itself, for 10 ms at least.
      const [{ messageIds }] = await publisher.publish({ topic, messages }, { isBundling: false });
      if (messageIds?.length !== sent.length) throw new Error("some were not published");
    };
    return {
      binding: { platform: "gcp", address: { ...address } },
      hand: {
        send: (message) => publish([message]),
        sendBatch: publish,
        async receive(maxMessages) {
          const [{ receivedMessages }] = await subscriber.pull({ subscription, maxMessages });
          return (receivedMessages ?? []).map(({ ackId, message }) => ({
            body: Buffer.from(message?.data ?? "").toString(),
            beside: message?.attributes?.beside,
            handle: ackId,
          }));
        },
        ack: (messages) =>
          subscriber.acknowledge({
            subscription,
            ackIds: messages.map(({ handle }) => handle as string), // as receive() above made them
          }),
        async close() {
          await Promise.all([publisher.close(), subscriber.close()]);
        },
      },
    };
  },
};
