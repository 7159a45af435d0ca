import type { Picture } from "./pictures.ts";

/** What a message of the queue "tasks" says: make a thumbnail of this picture, under its name. */
export interface ImageTask extends Picture {
  readonly type: "process-image";
}
