import type { Exporter } from "@alienplatform/deploy";
import { terraform } from "./export/terraform.ts";
import { gcpPlace } from "./gcp-place.ts";
import { lower } from "./lower.ts";

/** The same parts for those who have a pipeline of their own. */
export const exporters = {
  terraform: (stack, place, code) => ({
    name: "main.tf.json",
    text: terraform(lower(stack, place, code), gcpPlace(place)),
    next: ["terraform init", "terraform apply"],
  }),
} satisfies Readonly<Record<string, Exporter>>;
