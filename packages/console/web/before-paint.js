// Runs before the first paint and before the page's own script is there; the build puts it into the page.
try {
  // A theme that was chosen does not flash.
  const theme = localStorage.getItem("alien.theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden: then the system's theme it is.
}
// What every page asks for first is on its way while the script is: request() takes it over.
{
  const token = document.querySelector('meta[name="alien-api-token"]')?.content;
  const headers = {
    accept: "application/json",
    ...(token && { authorization: `Bearer ${token}` }),
  };
  window.alienEarly = new Map(
    ["/health", "/queues"].map((path) => {
      const answer = fetch(path, { headers });
      // Who takes it over is told.
      answer.catch(() => undefined);
      return [path, answer];
    }),
  );
}
