import { onQueueMessage } from "@alienplatform/sdk";

/** Fails what is to fail at its first attempt, and says what it does with what it knows. */
onQueueMessage<{ account: string; nth: number; fails?: boolean }>(
  "orders",
  ({ payload, attempt }) => {
    const fails = payload.fails === true && attempt === 1;
    // biome-ignore lint/suspicious/noConsole: what it writes is what the test looks for
    console.log(
      `${process.env.TOKEN} ${payload.account}${payload.nth} ${fails ? "fails" : "done"}`,
    );
    if (fails) throw new Error("not yet");
  },
);
