import { ServiceBusClient, type ServiceBusReceivedMessage } from "@azure/service-bus";
import type { Cloud, Sent } from "./cloud.ts";

/** Service Bus on our wire server. */
export const serviceBus: Cloud = {
  name: "Service Bus on our wire server",
  server: "service bus",
  sdk: "@azure/service-bus",
  batch: 100,
  async open(server) {
    const queue = await server.make();
    const emulator = server.endpoint;
    const client = new ServiceBusClient(
      `Endpoint=sb://${emulator};SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true`,
    );
    const sender = client.createSender(queue);
    const receiver = client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
    let number = 0;
    const toMessage = ({ body, beside }: Sent) => ({
      body,
      messageId: String(++number),
      ...(beside === undefined ? {} : { applicationProperties: { beside } }),
    });
    return {
      binding: {
        platform: "azure",
        address: { namespace: "127.0.0.1", queue, deadQueue: `${queue}-dead`, emulator },
      },
      hand: {
        send: (message) => sender.sendMessages(toMessage(message)),
        async sendBatch(messages) {
          const batch = await sender.createMessageBatch();
          for (const message of messages) {
            if (!batch.tryAddMessage(toMessage(message))) throw new Error("the batch is full");
          }
          await sender.sendMessages(batch);
        },
        async receive(max) {
          const messages = await receiver.receiveMessages(max);
          return messages.map((message) => ({
            body: String(message.body),
            // As toMessage() above made it.
            beside: message.applicationProperties?.beside as string | undefined,
            handle: message,
          }));
        },
        ack: (messages) =>
          Promise.all(
            messages.map(({ handle }) =>
              receiver.completeMessage(handle as ServiceBusReceivedMessage),
            ),
          ),
        close: () => client.close(),
      },
    };
  },
};
