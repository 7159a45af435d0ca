import type { Exporter } from "@alienplatform/deploy";
import type { AwsPart } from "./aws-part.ts";
import { awsPlace } from "./aws-place.ts";
import { cloudFormation } from "./export/cloudformation.ts";
import { terraform } from "./export/terraform.ts";
import { lower } from "./lower.ts";

/** The same parts for those who have a pipeline of their own. */
export const exporters = {
  cloudformation: (stack, place, code) => {
    const here = awsPlace(place);
    const lowered = lower(stack, place, code);
    const functions = lowered.parts.some(({ type }) => type === "lambda-function");
    return {
      name: "template.json",
      text: cloudFormation(lowered, here),
      next: [
        ...secretsFirst(lowered.parts),
        ...(functions ? ["Copy code/*.zip into a bucket of this region."] : []),
        `aws cloudformation deploy --template-file template.json --capabilities CAPABILITY_NAMED_IAM --stack-name ${here.stack}-${here.stage}${functions ? " --parameter-overrides CodeBucket=<bucket>" : ""}`,
      ],
    };
  },
  terraform: (stack, place, code) => ({
    name: "main.tf.json",
    text: terraform(lower(stack, place, code), awsPlace(place)),
    next: ["terraform init", "terraform apply"],
  }),
} satisfies Readonly<Record<string, Exporter>>;

/** CloudFormation makes no SecureString. */
function secretsFirst(parts: readonly AwsPart[]): readonly string[] {
  return parts.flatMap(({ type, name }) =>
    type === "ssm-parameter"
      ? [`aws ssm put-parameter --type SecureString --name ${name} --value <value>`]
      : [],
  );
}
