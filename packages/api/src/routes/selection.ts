import type { DeadLetterSelection } from "@alienplatform/bindings/operate";
import { z } from "zod";
import { readWhere, scalarOf } from "../look/where.ts";
import { duration, whereText } from "../schema/scalars.ts";

const firstLine = (longest: number) =>
  z
    .string()
    .max(longest)
    .optional()
    .describe("The first line of the error's message, exactly: a group's `message`.");

/** Which dead letters, in an address, of which node reads 16 KiB at most; all that is given holds at once. */
export const selectionFields = {
  code: z.string().max(128).optional().describe("The error's code, exactly."),
  error: z.string().max(256).optional().describe("Part of the error's message, whatever the case."),
  firstLine: firstLine(512),
  olderThan: duration.optional().describe("Dead for at least so long."),
  youngerThan: duration.optional().describe("Dead for at most so long."),
  where: whereText.optional(),
};

/** The same in a body, which takes all of any message that is kept. */
export const selectionInBody = { ...selectionFields, firstLine: firstLine(10_000) };

/** The selection as DeadLetters takes it. */
export function selectionOf({
  where,
  ...given
}: z.output<z.ZodObject<typeof selectionFields>>): DeadLetterSelection {
  if (where === undefined) return given;
  const field = readWhere(where);
  return { ...given, field: { path: field.path, equals: scalarOf(field) } };
}
