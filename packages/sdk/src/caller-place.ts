import { fileURLToPath } from "node:url";

/** file:line of whoever called the function that calls this. */
export function callerPlace(): string {
  const [, , , frame = ""] = (new Error("place").stack ?? "").split("\n");
  const [, place] = /\(?((?:file:\/\/)?[^()\s]+:\d+):\d+\)?$/.exec(frame) ?? [];
  if (place === undefined) return "an unknown place";
  if (!place.startsWith("file://")) return place;
  const colon = place.lastIndexOf(":");
  return fileURLToPath(place.slice(0, colon)) + place.slice(colon);
}
