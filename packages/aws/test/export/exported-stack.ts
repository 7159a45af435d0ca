import * as alien from "@alienplatform/core";
import { awsPlace } from "../../src/aws-place.ts";
import { loweredOf, place } from "../lower/lowered.ts";

const failed = new alien.Queue("failed").build();
const tasks = new alien.Queue("tasks").concurrency(6).deadLetters(failed).build();
const orders = new alien.Queue("orders").fifo({ group: "account" }).build();
const worker = new alien.Function("worker")
  .http()
  .trigger(tasks, { batchSize: 3 })
  .trigger(orders)
  .link(failed, "operate")
  .secret("TOKEN")
  .environment({ TEXT: 'no "${expression}", %{ if } and $${ neither' })
  .build();
const billing = new alien.Endpoint("billing").url("https://billing.test/").trigger(failed).build();

/** A stack with a part of every type. */
export const lowered = loweredOf(failed, tasks, orders, worker, billing);

export const here = awsPlace(place);
