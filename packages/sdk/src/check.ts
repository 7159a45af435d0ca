import { AlienError } from "@alienplatform/core";
import { environment } from "./environment.ts";
import { fetchOf } from "./fetch.ts";
import { readFunction } from "./read-function.ts";
import { type Answering, triggerHandler } from "./trigger-handlers.ts";

/**
 * What deploy asks a function before it is deployed, in a process of its own: loads the user's file and answers a
 * HANDLER_MISSING for each trigger that nothing in it handles. Throws what loading it throws.
 */
export async function missingHandlers(
  load: () => Promise<unknown>,
  file: string,
): Promise<readonly AlienError[]> {
  const described = readFunction(environment());
  if (described === undefined) throw new TypeError("ALIEN_FUNCTION is not in the environment");
  const module = await load();
  const missing: AlienError[] = [];
  const note = (error: unknown) => {
    if (!(error instanceof AlienError && error.code === "HANDLER_MISSING")) throw error;
    missing.push(error);
  };
  let answering: Answering | undefined;
  try {
    if (described.http) answering = { fetch: fetchOf(module, file), url: "http://localhost/" };
  } catch (error) {
    note(error);
  }
  for (const trigger of described.triggers) {
    await triggerHandler(trigger, described, answering, file).catch(note);
  }
  return missing;
}
