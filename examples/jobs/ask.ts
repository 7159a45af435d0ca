import { queue } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";

const counting = await queue("counting");
const { jobs } = operate("counting");

for (const text of ["a rose is a rose", "read this one twice"]) {
  const { id } = await counting.send("counting", { text });
  const job = await jobs.wait<{ words: number }>(id, { timeout: "30s" });
  console.log(
    `${text}: ${job.status} with ${job.result?.words} words, ${job.attempts.length} tries`,
  );
}

const { id } = await counting.send("counting", { text: "never mind" }, { delay: "1h" });
await jobs.cancel(id);
console.log(`never mind: ${(await jobs.get(id))?.status}`);
