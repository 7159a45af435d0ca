import type { Cloud } from "@alienplatform/deploy";
import { afterAll, vi } from "vitest";
import { connectTo } from "./deploying.ts";
import { type AwsPeer, startAws } from "./start-aws.ts";

/**
 * An AWS for tests of single controllers: the environment names it, and the stage "dev" is connected to. Call it once at
 * the top of a test file: `const { endpoint, proxy, cloud } = await startControllers();`.
 */
export async function startControllers(): Promise<AwsPeer & { readonly cloud: Cloud }> {
  const aws = await startAws();
  vi.stubEnv("AWS_ENDPOINT_URL", aws.endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const cloud = await connectTo("dev");
  afterAll(() => cloud.close());
  return { ...aws, cloud };
}
