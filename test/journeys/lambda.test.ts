import { it } from "vitest";
import { startLambdaProcess } from "./lambda/lambda-process.ts";
import { picturesOnLambda } from "./lambda/pictures.ts";

it("alien.ts and its worker run unchanged on SQS and Lambda, with retries and a dead letter", () =>
  picturesOnLambda(startLambdaProcess));
