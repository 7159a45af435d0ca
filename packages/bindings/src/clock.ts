export type { Clock } from "@alienplatform/core";
