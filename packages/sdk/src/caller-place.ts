/** file:line of whoever called the function that calls this. */
export function callerPlace(): string {
  const [, , , frame = ""] = (new Error("place").stack ?? "").split("\n");
  const [, place] = /\(?((?:file:\/\/)?[^()\s]+:\d+):\d+\)?$/.exec(frame) ?? [];
  if (place === undefined) return "an unknown place";
  if (!place.startsWith("file://")) return place;
  const colon = place.lastIndexOf(":");
  // Not fileURLToPath, which not every runtime has. On Windows a slash stands before the drive.
  const path = decodeURIComponent(new URL(place.slice(0, colon)).pathname);
  return path.replace(/^\/([A-Za-z]:)/, "$1") + place.slice(colon);
}
