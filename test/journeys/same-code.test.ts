import { describe, it } from "vitest";
import { cloudflareWire } from "./same-code/places/cloudflare.ts";
import { local } from "./same-code/places/local.ts";
import { pubsubWire } from "./same-code/places/pubsub.ts";
import { serviceBusWire } from "./same-code/places/service-bus.ts";
import { fauxqs } from "./same-code/places/sqs.ts";
import { runJob } from "./same-code/run-job.ts";

describe("the pictures of this repository are made by the same code", () => {
  for (const place of [local, fauxqs, pubsubWire, serviceBusWire, cloudflareWire]) {
    it.concurrent(`on ${place.name}`, () => runJob(place));
  }
});
