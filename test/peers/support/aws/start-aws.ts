import { afterAll } from "vitest";
import { startMoto } from "../moto.ts";
import type { AtEnd } from "../peer.ts";
import { AwsProxy } from "./aws-proxy.ts";
import { deletedQueues } from "./deleted-queues.ts";
import { denied } from "./denied.ts";
import { EventSourceMappings } from "./event-source-mappings.ts";
import { functionCode } from "./function-code.ts";
import { functionStates } from "./function-states.ts";
import { keptQueueAttributes } from "./kept-queue-attributes.ts";
import { leaseAboveTimeout } from "./lease-above-timeout.ts";
import { newRoles } from "./new-roles.ts";
import { publicUrls } from "./public-urls.ts";

export interface StartAwsOptions {
  readonly atEnd?: AtEnd;
  /** How many reads see a function, or a mapping, on its way to what was asked for. Default 1. */
  readonly readsUntilReady?: number;
  /** How often a new role, and a new policy, is unknown to Lambda. Default 1. */
  readonly newRoleRefusals?: number;
  /** By which the 60 s after a queue's deletion are counted; "off" where it may be made again at once. Default "off". */
  readonly deletedQueues?: "off" | (() => number);
}

/** An AWS on this machine. Every region, and unless enforcement is switched on every key, is taken. */
export interface AwsPeer {
  /** For the clients' `endpoint` or AWS_ENDPOINT_URL, without a slash at the end. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly proxy: AwsProxy;
  readonly mappings: EventSourceMappings;
  /** Moto itself, without what the proxy gives: for its own API, "/moto-api". */
  readonly moto: string;
}

/**
 * Starts moto behind a proxy that gives what moto lacks for a deploy; both end after the last test of the file. What
 * else moto does differently, it does here too. Call it once at the top of a test file: `const aws = await startAws();`.
 */
export async function startAws({
  atEnd = afterAll,
  readsUntilReady = 1,
  newRoleRefusals = 1,
  deletedQueues: now = "off",
}: StartAwsOptions = {}): Promise<AwsPeer> {
  const { endpoint: moto, region, accountId } = await startMoto(atEnd);
  const proxy = await AwsProxy.listen(moto);
  atEnd(() => proxy.close());
  const mappings = new EventSourceMappings({ readsUntilSettled: readsUntilReady });
  proxy.use(denied);
  proxy.use(keptQueueAttributes(["RedriveAllowPolicy"]));
  proxy.use(publicUrls());
  proxy.use(functionCode());
  proxy.use(mappings.layer);
  proxy.use(leaseAboveTimeout());
  proxy.use(functionStates({ readsUntilReady }));
  proxy.use(newRoles({ refusals: newRoleRefusals }));
  if (now !== "off") proxy.use(deletedQueues({ now }));
  return { endpoint: proxy.endpoint, region, accountId, proxy, mappings, moto };
}
