import { systemClock } from "@alienplatform/bindings";
import { buildApp } from "fauxqs";
import { PubSubServer } from "../../../packages/gcp/test/wire/server.ts";
import { startElasticMq } from "../../peers/support/elasticmq.ts";
import { startPstest } from "../../peers/support/pstest.ts";
import { startPubSubEmulator } from "../../peers/support/pubsub-emulator.ts";
import { cloudflareService } from "./cloudflare.ts";
import type { Service } from "./faulty-world.ts";
import { pubsubService } from "./pubsub.ts";
import { serviceBusService } from "./service-bus.ts";
import { sqsService } from "./sqs.ts";

/**
 * What campaigns can run against, by name; each is started by its opening. moto is not among them: it gives one message
 * to two receives at a time and counts both.
 */
export const services: Readonly<Record<string, () => Promise<Service>>> = {
  // First: after a cut timers of its SDK run for a minute, while the others are at work.
  "service-bus": async () => serviceBusService("Service Bus on our own server", false),
  "service-bus-sessions": async () =>
    serviceBusService("Service Bus sessions on our own server", true),
  fauxqs: async () => {
    const app = buildApp({ logger: false });
    const endpoint = await app.listen({ port: 0, host: "127.0.0.1" });
    const where = { endpoint, region: "us-east-1" };
    return sqsService("SQS on fauxqs", { ...where, keepsGroups: true, stop: () => app.close() });
  },
  elasticmq: async () => {
    const mq = await startElasticMq(() => undefined);
    // It gives what was given back while a later one of the group is on loan.
    return sqsService("SQS on ElasticMQ", {
      ...mq,
      keepsGroups: false,
      stop: () => mq.peer.stop(),
    });
  },
  pubsub: async () => {
    const server = new PubSubServer(systemClock);
    const host = `127.0.0.1:${await server.listen()}`;
    const stop = async () => server.close();
    return pubsubService("Pub/Sub on our own server", { host, keepsGroups: true, stop });
  },
  "pubsub-emulator": async () => {
    const { host, peer } = await startPubSubEmulator(() => undefined);
    const stop = () => peer.stop();
    return pubsubService("Pub/Sub on Google's emulator", { host, keepsGroups: false, stop });
  },
  pstest: async () => {
    const { host, peer } = await startPstest(() => undefined);
    const stop = () => peer.stop();
    return pubsubService("Pub/Sub on pstest", { host, keepsGroups: false, stop });
  },
  cloudflare: () => cloudflareService("Cloudflare Queues on our own server"),
};
