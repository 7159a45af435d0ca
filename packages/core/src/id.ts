const pattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether a value may be the id of a resource or the name of a stack. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && pattern.test(value);
}

/** The nearest legal id: "my tasks!" becomes "my-tasks". Empty where nothing legal is left. */
export function toId(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 64)
    .replace(/-+$/, "");
}

/** Where the binding of a resource is found: "image-tasks" is in ALIEN_IMAGE_TASKS_BINDING. */
export function environmentName(id: string): string {
  return `ALIEN_${environmentKey(id)}_BINDING`;
}

/** Ids with the same key name the same variable, so one stack cannot hold both. */
export function environmentKey(id: string): string {
  return id.toUpperCase().replaceAll("-", "_");
}
