import { z } from 'zod';

/**
 * At least one model. LiteLLM reads an empty list as "all models" (LL-C15), so the types have no way to say it; to
 * allow none, send `['no-default-models']`.
 */
export type NonEmptyModels = NonEmpty;

/** At least one id, hash or alias: LiteLLM refuses an empty list, or takes it for something else. */
export type NonEmpty<T = string> = readonly [T, ...T[]];

/** Only what shall change: the given fields may be null, which clears them. */
export type Clearing<Fields, Names extends keyof Fields> = Omit<Fields, Names> & {
  [Name in Names]?: Fields[Name] | null;
};

/** Text that LiteLLM may leave out or set to null, which mean the same in its answers. */
export const text = z.string().nullable().default(null);

/** A number that LiteLLM may leave out or set to null. */
export const amount = z.number().nullable().default(null);

/** `blocked` of a new key is null (LL-C88). */
export const flag = z
  .boolean()
  .nullable()
  .default(false)
  .transform((value) => value ?? false);

/** A list that older versions leave out. */
export const names = z
  .array(z.string())
  .nullable()
  .default([])
  .transform((value) => value ?? []);

export const record = z
  .record(z.string(), z.unknown())
  .nullable()
  .default({})
  .transform((value) => value ?? {});

const hash = /^[0-9a-f]{64}$/;

/**
 * Refuses anything but a SHA-256 where a key is named: a secret in a URL or body ends up in access logs and in errors.
 *
 * @throws TypeError, which does not quote the value
 */
export function keyHash(value: string): string {
  if (!hash.test(value)) throw new TypeError('A key is named by the SHA-256 of its secret, in lower-case hex.');
  return value;
}
