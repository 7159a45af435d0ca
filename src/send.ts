import { basename, resolve } from "node:path";
import { queue } from "@alienplatform/sdk";
import type { ImageTask } from "./image-task.ts";
import { pictures } from "./pictures.ts";

// One message per picture, and one per file that the command line names: npm run send [file...]
const named = process.argv.slice(2).map((file) => ({
  imageId: basename(file),
  file: resolve(file),
}));

const tasks = await queue<ImageTask>("tasks");
for (const picture of [...pictures(), ...named]) {
  const { id } = await tasks.send("tasks", { type: "process-image", ...picture });
  console.log(`sent ${picture.imageId} ${id}`);
}
