import { AlienError } from "@alienplatform/core";
import type { Controller } from "./controller.ts";

/** The controller of a type of part; a state may know one that this version does not make any more. */
export function controllerOf(
  controllers: Readonly<Record<string, Controller>>,
  { type, name }: { readonly type: string; readonly name: string },
): Controller {
  const controller = Object.hasOwn(controllers, type) ? controllers[type] : undefined;
  if (controller !== undefined) return controller;
  throw new AlienError(
    "STATE_VERSION",
    `this version knows no parts of type "${type}" ("${name}")`,
    {
      fix: "Use the version of alien that made it, or a newer one.",
      details: { type, name },
    },
  );
}
