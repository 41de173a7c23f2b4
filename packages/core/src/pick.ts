/** Some of the fields of an object. */
export function pick<T extends object, K extends keyof T>(object: T, fields: readonly K[]): Pick<T, K>;
export function pick(object: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, object[field]]));
}

/** Whether a change would make any field of a row another one. For fields that are plain values. */
export function changes<T extends object>(row: T, change: Partial<T>): boolean {
  for (const field in change) if (change[field] !== row[field]) return true;
  return false;
}
