import { it } from "vitest";
import { picturesOnLambda, type StartLambda } from "../journeys/lambda/pictures.ts";
import { startLambdaRic } from "./support/lambda-ric.ts";

const start: StartLambda = async (bundle, options) => {
  const { invoke, peer } = await startLambdaRic(bundle, "index.default", options);
  return { invoke, said: () => peer.output };
};

it("a bundle runs under AWS's own Lambda runtime client as it does under ours", () =>
  picturesOnLambda(start));
