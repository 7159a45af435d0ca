import type { Exporter } from "@alienplatform/deploy";
import { azurePlace } from "./azure-place.ts";
import { terraform } from "./export/terraform.ts";
import { lower } from "./lower.ts";

/** The same parts for those who have a pipeline of their own. */
export const exporters = {
  terraform: (stack, place, code) => ({
    name: "main.tf.json",
    text: terraform(lower(stack, place, code), azurePlace(place)),
    next: ["terraform init", "terraform apply"],
  }),
} satisfies Readonly<Record<string, Exporter>>;
