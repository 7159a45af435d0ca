import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { onQueueMessage } from "@alienplatform/sdk";
import sharp from "sharp";
import type { ImageTask } from "./image-task.ts";

const FOLDER = join("out", "thumbnails");

// Returning acknowledges the message. What sharp cannot read throws: retried, and in the end a dead letter.
onQueueMessage<ImageTask>("tasks", async (message) => {
  const { imageId, file } = message.payload;
  await mkdir(FOLDER, { recursive: true });
  const { width, height } = await sharp(file)
    .resize({ width: 256, height: 256, fit: "inside" })
    .webp()
    .toFile(join(FOLDER, `${imageId}.webp`));
  return { width, height };
});
