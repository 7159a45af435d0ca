import { transform } from "./bundler.ts";

/** Starts the bundler's process, which takes its time, while the caller does other things; what is wrong with it the first build says. */
export function startBundler(): void {
  transform("").catch(() => undefined);
}
