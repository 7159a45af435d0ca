import { queue } from "@alienplatform/sdk";

const tasks = await queue("tasks");
const { id } = await tasks.send("tasks", { name: process.argv[2] ?? "world" });
console.log(`sent ${id}`);
