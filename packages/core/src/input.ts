import { z } from 'zod';
import { type FieldError, KeywrightError } from './errors.ts';
import { maxNanoUsd, parseUsd } from './money.ts';
import { redactSecrets } from './redact.ts';

/**
 * Parses what a caller handed in. Throws `validation_failed` with every field that is wrong and what it should be;
 * never with the value, which might be a secret. Of many errors only the first twenty are listed, so that an answer is
 * never much longer than the question. Parsing what was parsed already changes nothing, so the HTTP edge
 * and the services can share the schemas.
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors: FieldError[] = [];
  let count = 0;
  for (const issue of result.error.issues) {
    count += issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
    errors.push(...fieldErrors(issue, schema, maxErrors - errors.length));
  }
  const first = errors[0];
  const summary = first ? `${first.path || 'body'}: ${first.message}` : 'The input is not valid.';
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  throw new KeywrightError('validation_failed', summary + more, { errors });
}

/** In a change absent means unchanged, so what is undefined is left out. */
export function definedOnly<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const field in change) {
    const value = change[field];
    if (isDefined(value)) defined[field] = value;
  }
  return defined;
}

function isDefined<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined;
}

const maxErrors = 20;

/** What the parser says in words of its own where a schema says nothing. */
const kinds: Record<string, string> = { array: 'a list', object: 'an object', record: 'an object', string: 'a text' };

/** At most `limit` of them. */
function fieldErrors(issue: z.core.$ZodIssue, schema: z.ZodType, limit: number): FieldError[] {
  if (limit <= 0) return [];
  const path = shownName(issue.path.map(String).join('.'));
  if (issue.code !== 'unrecognized_keys') {
    const isRaw = issue.code === 'invalid_type' && issue.message.startsWith('Invalid input');
    const kind = isRaw ? kinds[issue.expected] : undefined;
    const what = path === '' && kind === 'an object' ? 'a JSON object' : kind;
    return [{ path, message: what ? `should be ${what}` : issue.message }];
  }
  const known = schema instanceof z.ZodObject && path === '' ? Object.keys(schema.shape) : [];
  return issue.keys.slice(0, limit).map((key) => {
    const name = shownName(key);
    const near = nearest(key, known);
    const hint = near ? `did you mean ${near}?` : known.length > 0 ? `known are ${known.join(', ')}` : 'leave it out';
    return { path: path ? `${path}.${name}` : name, message: `unknown field; ${hint}` };
  });
}

/** A name that a caller gave, fit to be shown. */
export function shownName(name: string): string {
  const shown = redactSecrets(name); // before it is cut, so that no half of a secret is left
  return shown.length > 100 ? `${shown.slice(0, 100)}…` : shown;
}

/** The known name that a misspelt one stands for: equal but for case, `_` and `-`, or one slip away. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[_-]/g, '');
  const wanted = plain(key);
  if (wanted.length > 50) return undefined;
  return known.find((name) => plain(name) === wanted) ?? known.find((name) => oneSlip(plain(name), wanted));
}

/** Whether two words differ by one letter that is wrong, missing, too many, or swapped with its neighbour. */
function oneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const restA = a.slice(start, a.length - end);
  const restB = b.slice(start, b.length - end);
  if (restA.length <= 1 && restB.length <= 1) return true;
  return restA.length === 2 && restB.length === 2 && restA[0] === restB[1] && restA[1] === restB[0];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const control = /[\u0000-\u001f\u007f]/;

/** Bounded, so that a long text costs no more than its length. */
export const secretMessage = 'should not hold a secret key: this field is stored and shown';
export const ourSecret = /sk-[a-z0-9_-]{1,20}_[0-9A-Za-z]{49}/;

/**
 * Text of a person: any language, emoji, quotes and braces, stored as given. Refused: control characters (Postgres
 * cannot store NUL), halves of surrogate pairs (not UTF-8), and secrets of ours in a field that is stored.
 */
export function text(maxLength: number) {
  const lengthMessage = `should be a text of 1 to ${maxLength} characters`;
  return z
    .string({ error: lengthMessage })
    .min(1, lengthMessage)
    .max(maxLength, lengthMessage)
    .refine((value) => !control.test(value) && value.isWellFormed(), 'should hold no control characters')
    .refine((value) => !ourSecret.test(value), secretMessage);
}

/** An id that the host gave. */
export const hostId = text(255).refine(
  (value) => value !== '.' && value !== '..',
  'should not be . or ..: no address could name it',
);

/** Nano-USD from a decimal string or number of USD with at most nine decimals; a bigint is nano-USD already. */
export const usd = z
  .union([z.string(), z.number(), z.bigint()], { error: 'should be an amount of USD, such as "12.50"' })
  .transform((value, context) => {
    const nano = typeof value === 'bigint' ? value : parseUsd(value);
    if (nano !== undefined && nano >= 0n && nano <= maxNanoUsd) return nano;
    context.addIssue({
      code: 'custom',
      message: 'should be an amount of USD from 0 to 99999999999.999999999 with at most nine decimals',
    });
    return z.NEVER;
  })
  .meta({
    type: 'string',
    description: 'Amount of USD as a decimal string; numbers are accepted.',
    examples: ['12.50'],
  });

/** A whole number that Postgres and LiteLLM hold alike. */
export function count(max = 2_147_483_647) {
  const message = `should be a whole number from 0 to ${max}`;
  return z.number({ error: message }).int(message).min(0, message).max(max, message);
}

const momentMessage = 'should be a time such as "2030-01-31T12:00:00Z"';

/** A moment: ISO 8601 with a time zone, or a Date. Kept to the millisecond, as the database does. */
export const moment = z
  .union([z.date(), z.iso.datetime({ offset: true, error: momentMessage })], { error: momentMessage })
  .transform((value, context) => {
    const date = new Date(value);
    const year = date.getUTCFullYear();
    if (year >= 1970 && year <= 9999) return date;
    context.addIssue({ code: 'custom', message: 'should be a time from the year 1970 to 9999' });
    return z.NEVER;
  })
  .meta({ type: 'string', format: 'date-time' });

const durationMessage =
  'should be a duration such as "30d": 1 to 60 with s or m, 1 to 24 with h, 1 to 9999 with d, 1 to 1428 with w, or "1mo"';
const words = new Map([
  ['hourly', '1h'],
  ['daily', '24h'],
  ['weekly', '7d'],
  ['monthly', '30d'],
]);

/** Weeks as days, which every release reads alike. */
function inDays(value: string): string {
  const weeks = /^([1-9]\d{0,3})w$/.exec(value)?.[1];
  return weeks === undefined ? value : `${Number(weeks) * 7}d`;
}

/**
 * LiteLLM's durations, as far as it means by them what they say: it resets by the calendar, so that `48h` and `720h` would
 * end at the next midnight, and refuses `2mo`. The words of other systems are translated, because LiteLLM up to 1.92 reads
 * `monthly` as "until the next midnight" (contract fact LL-C12).
 */
export const duration = z
  .string({ error: durationMessage })
  .transform((value) => words.get(value) ?? inDays(value))
  .pipe(z.string().regex(/^(([1-9]|[1-5]\d|60)[sm]|([1-9]|1\d|2[0-4])h|[1-9]\d{0,3}d|1mo)$/, durationMessage));
