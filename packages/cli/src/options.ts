import { type FieldError, isKeywrightError, isUuid, parseUsd } from '@keywright/core';
import { UsageError } from './errors.ts';

// Each function reads the text after an option and throws a UsageError that names the option, never the value.

/** Reads an option that was given; one that was not stays absent. */
export function given<T>(value: string | undefined, read: (value: string) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

/** Reads an option that `--no-<name>` clears: false there, which becomes null. */
export function clearable<T>(value: string | false | undefined, read: (value: string) => T): T | null | undefined {
  return value === false ? null : given(value, read);
}

/** The id of a key, as an argument. */
export function readKeyId(value: string): string {
  if (isUuid(value)) return value;
  throw new UsageError('<id>: should be the id of a key, from keywright keys list');
}

/** An id that the host gave to a tenant or user. */
export function readHostId(option: string, value: string): string {
  if (isHostId(value)) return value;
  throw new UsageError(`${option}: should be a text of 1 to 255 characters without control characters`);
}

export function isHostId(value: string): boolean {
  return value.length >= 1 && value.length <= 255 && value.isWellFormed() && !/\p{Cc}/u.test(value);
}

export function readFlag(option: string, value: string): boolean {
  return readChoice(option, value, ['true', 'false']) === 'true';
}

export function readCount(option: string, value: string, least: number, most: number): number {
  const count = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw new UsageError(`${option}: should be a whole number from ${least} to ${most}`);
}

export function readUsd(option: string, value: string): string {
  if (parseUsd(value) !== undefined) return value;
  throw new UsageError(`${option}: should be an amount of USD such as 12.50, with at most nine decimals`);
}

/** `a,b` as a list; spaces around a name do not count. */
export function readList(option: string, value: string): string[] {
  const items = value.split(',').map((item) => item.trim());
  if (items.every((item) => item !== '')) return items;
  throw new UsageError(`${option}: should be a list such as a,b without empty places`);
}

export function readChoice<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((known) => known === value);
  if (choice !== undefined) return choice;
  throw new UsageError(`${option}: should be one of ${choices.join(', ')}`);
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A length of time in milliseconds: `10m`, `0s`; a number alone is seconds. `most` is one too: `7d`. */
export function readDuration(option: string, value: string, most?: string): number {
  const upTo = most === undefined ? '' : `, at most ${most}`;
  const [, count = '', unit = 's'] = /^(\d{1,7})([smhdw])?$/.exec(value) ?? [];
  const length = count === '' ? Number.NaN : Number(count) * (unitMs[unit] ?? 0);
  if (length <= (most === undefined ? Number.POSITIVE_INFINITY : readDuration(option, most))) return length;
  throw new UsageError(`${option}: should be a length of time such as 10m, 1h or 0s${upTo}`);
}

/** A moment (`2030-01-31T12:00:00Z`), a day (`2030-01-31`: its beginning, UTC) or a time from now (`30d`). */
export function readMoment(option: string, value: string, nowMs: number): Date {
  return readTime(value, nowMs, 1) ?? notATime(option, '2030', '30d');
}

/** As `readMoment`, for what lies behind: `30d` is thirty days ago. */
export function readPastMoment(option: string, value: string, nowMs: number): Date {
  const moment = readTime(value, nowMs, -1) ?? notATime(option, '2020', '30d for thirty days ago');
  if (moment.getTime() <= nowMs) return moment;
  throw new UsageError(`${option}: should lie in the past`);
}

function readTime(value: string, nowMs: number, direction: 1 | -1): Date | undefined {
  const [, count, unit = ''] = /^([1-9]\d{0,4})([mhdw])$/.exec(value) ?? [];
  if (count !== undefined) return new Date(nowMs + direction * Number(count) * (unitMs[unit] ?? 0));
  const isMoment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(value);
  const moment = new Date(isMoment ? value : Number.NaN);
  // Date takes 2030-02-30 for the second of March
  const isRealDay = isMoment && new Date(`${value.slice(0, 10)}T00:00:00Z`).toJSON()?.startsWith(value.slice(0, 10));
  return isRealDay && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

function notATime(option: string, year: string, relative: string): never {
  const day = `${year}-01-31`;
  throw new UsageError(`${option}: should be a time such as ${day}T12:00:00Z, a day such as ${day}, or ${relative}`);
}

/**
 * Runs work on what came from options, and names the options in what the core complains of: `maxBudget` becomes
 * `--max-budget`.
 */
export async function namingOptions<T>(optionOf: Readonly<Record<string, string>>, work: () => Promise<T> | T) {
  try {
    return await work();
  } catch (error) {
    if (!isKeywrightError(error, 'validation_failed')) throw error;
    throw new UsageError(error.errors.map((field) => describeField(field, optionOf)).join('; ') || error.message);
  }
}

function describeField({ path, message }: FieldError, optionOf: Readonly<Record<string, string>>): string {
  const [field = ''] = path.split('.');
  return `${optionOf[field] ?? path}: ${message}`;
}
