import * as alien from "@alienplatform/core";
import { z } from "zod";

/** What is sent is what the schema takes; what handlers get is what it makes of it. */
export const Order = z.object({
  sku: z.string().min(1),
  amount: z.coerce.number().int().positive(),
  gift: z.boolean().default(false),
  placed: z.iso.datetime().transform((text) => new Date(text)),
});

export const orders = new alien.Queue("orders").schema(Order).maxAttempts(3).build();
