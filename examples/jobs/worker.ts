import { consume, onQueueMessage } from "@alienplatform/sdk";

onQueueMessage<{ text: string }>("counting", ({ payload, attempt }) => {
  if (payload.text.includes("twice") && attempt === 1) throw new Error("look again");
  return { words: payload.text.split(/\s+/).length };
});

console.log("counting");
await consume();
