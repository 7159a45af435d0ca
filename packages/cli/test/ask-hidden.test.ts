import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { askHidden } from "../src/terminal.ts";

it("a secret that is typed is not shown", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answer = askHidden("value: ", input, output);
  // As keys come, one of them a correction.
  for (const key of ["hunter", "3", "\u007f", "2", "\r"]) input.write(key);
  expect(await answer).toBe("hunter2");
  output.end();
  expect(await text(output)).toBe("value: \n");
});

it("who ends the input has typed nothing", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answer = askHidden("value: ", input, output);
  input.end();
  await expect(answer).rejects.toMatchObject({ code: "ABORTED" });
});
