import { onQueueMessage, queue } from "@alienplatform/sdk";

onQueueMessage<{ to: string }>("mails", async ({ payload }) => {
  const { SENDER, SMTP_PASSWORD } = process.env;
  // biome-ignore lint/suspicious/noConsole: what it writes is what the test looks for
  console.log(`${SENDER} to ${payload.to} with ${SMTP_PASSWORD}`);
  await (await queue("reports")).send("reports", { sent: payload.to });
});
