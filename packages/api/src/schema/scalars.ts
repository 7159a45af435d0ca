import { z } from "zod";

/** Zod's own words are a regular expression. */
const NOT_A_DURATION = {
  error: 'not a duration; write a number and a unit: "250ms", "1.5s", "5m", "2h" or "7d"',
};

/** "250ms", "1.5s", "5m", "2h", "7d". */
export const duration = z
  .string(NOT_A_DURATION)
  .max(32, NOT_A_DURATION)
  .regex(/^\d{1,7}(\.\d{1,3})?(ms|s|m|h|d)$/, NOT_A_DURATION)
  .describe('A number and its unit: "250ms", "1.5s", "5m", "2h" or "7d".')
  .transform((text) => text as `${number}s`); // one of Duration's forms, by the pattern

/** A time in a request. */
export const instant = z.iso.datetime({ offset: true }).describe("ISO 8601.");

/** A time in an answer: UTC, milliseconds. */
export const time = z.iso.datetime().describe("ISO 8601, UTC, milliseconds.");

/** What a queue, function or endpoint is called. */
export const id = z.string().min(1).max(64).describe("The id in alien.ts.");

/** What a message is called. */
export const messageId = z.string().min(1).max(128);

export const whole = z.int().nonnegative();

/** A number in a query, from 1 to `most`. */
export const queryCount = (most: number) =>
  z.coerce.number().int().min(1).max(most).meta({ type: "integer", minimum: 1, maximum: most });

/** A payload field and its value in a query. */
export const whereText = z
  .string()
  .max(512)
  .regex(/^[^:.]+(\.[^:.]+)*:[\s\S]+$/)
  .describe('A payload field and its value, "items.0.sku:12"; text may be quoted.');
