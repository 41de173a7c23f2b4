/** Some of the fields of an object. */
export function pick<T extends object, K extends keyof T>(object: T, fields: readonly K[]): Pick<T, K>;
export function pick(object: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, object[field]]));
}
