import type * as alien from "@alienplatform/core";
import { Stack } from "@alienplatform/core";
import type { Place } from "@alienplatform/deploy";
import type { AwsPart, TypedPart } from "../../src/aws-part.ts";
import { lower } from "../../src/lower.ts";
import type { PartConfigs } from "../../src/part-configs.ts";

/** Where the stacks of these tests are deployed to. */
export const place: Place = {
  platform: "aws",
  stack: "shop",
  stage: "dev",
  settings: { account: "123456789012", region: "eu-central-1" },
};

/** A stack of these resources. */
export function stackOf(...resources: readonly alien.Resource[]): alien.StackData {
  const stack = new Stack("shop");
  for (const resource of resources) stack.add(resource);
  return stack.build();
}

/** The bundle of each function, as large as said. */
export function codeOf({ resources }: alien.StackData, bytes = 200_000) {
  return Object.fromEntries(resources.map(({ id }) => [id, { sha256: `sha-of-${id}`, bytes }]));
}

/** What these resources become. */
export function loweredOf(...resources: readonly alien.Resource[]) {
  const stack = stackOf(...resources);
  return lower(stack, place, codeOf(stack));
}

/** The one part with an id, which has to be of a type. */
export function partOf<Type extends keyof PartConfigs>(
  type: Type,
  id: string,
  parts: readonly AwsPart[],
): TypedPart<Type> {
  const found = parts.find((part): part is AwsPart & TypedPart<Type> => {
    return part.id === id && part.type === type;
  });
  if (found === undefined) {
    throw new Error(`no ${type} "${id}" among ${parts.map((part) => part.id).join(", ")}`);
  }
  return found;
}
