/** The keywords of a JSON schema that are tidied. */
interface Tidied {
  type?: unknown;
  format?: unknown;
  pattern?: unknown;
  anyOf?: unknown;
  enum?: unknown;
}

/**
 * Our inputs take a few types more than JSON has (a Date, a bigint), or read them from the text of a query, and say in
 * their metadata what they are on the wire. That is kept, and what stands behind it goes. A format needs no pattern
 * beside it.
 */
export function tidySchema(schema: Tidied): void {
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.type === 'boolean') delete schema.enum;
  if (schema.type !== 'string' || schema.anyOf === undefined) return;
  delete schema.anyOf;
  if (schema.format === undefined) schema.type = ['string', 'number']; // an amount of money
}
