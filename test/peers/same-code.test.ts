import { describe, it } from "vitest";
import { pubsub } from "../journeys/same-code/places/pubsub.ts";
import { sqs } from "../journeys/same-code/places/sqs.ts";
import { runJob } from "../journeys/same-code/run-job.ts";
import { startElasticMq } from "./support/elasticmq.ts";
import { startMoto } from "./support/moto.ts";
import { startPstest } from "./support/pstest.ts";
import { startPubSubEmulator } from "./support/pubsub-emulator.ts";

describe("the pictures of this repository are made by the same code", () => {
  const places = [
    sqs("SQS (moto)", (atEnd) => startMoto(atEnd)),
    sqs("SQS (ElasticMQ)", (atEnd) => startElasticMq(atEnd)),
    pubsub("Pub/Sub (Google's emulator)", async (atEnd) => {
      const { host } = await startPubSubEmulator(atEnd);
      return `http://${host}`;
    }),
    pubsub("Pub/Sub (pstest)", async (atEnd) => {
      const { host } = await startPstest(atEnd);
      return `http://${host}`;
    }),
  ];
  for (const place of places) it.concurrent(`on ${place.name}`, () => runJob(place));
});
