/** "2030-01-31T18:00:00+01:00": as this machine's clock shows it, with its zone, so that it can be typed again anywhere. */
export function printLocalTime(ms: number): string {
  const east = -new Date(ms).getTimezoneOffset();
  const [hours, minutes] = [Math.floor(Math.abs(east) / 60), Math.abs(east) % 60];
  const zone = `${east < 0 ? "-" : "+"}${twoDigits(hours)}:${twoDigits(minutes)}`;
  return new Date(ms + east * 60_000).toISOString().slice(0, 19) + zone;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
