import type { Job, Message } from "../../data/model.ts";

/** A message as the API tells it: where it is, or what became of it. */
export type Shown = Message & { readonly status?: Job["status"]; readonly result?: unknown };
