import { queue } from "@alienplatform/sdk";

async function send(name: string): Promise<void> {
  const tasks = await queue("tasks");
  const { id } = await tasks.send("tasks", { name });
  console.log(`sent ${id}`);
}

void send(process.argv[2] ?? "world");
