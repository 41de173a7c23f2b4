import { type FieldError, isKeywrightError, isUuid, type PagePosition, parseUsd } from '@keywright/core';
import { UsageError } from './errors.ts';

// Each function reads the text after an option and throws a UsageError that names the option, never the value.

/** Reads an option that was given; one that was not stays absent. */
export function given<T>(value: string | undefined, read: (value: string) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

/** An id that the host gave to a tenant or user. */
export function readHostId(option: string, value: string): string {
  if (value.length >= 1 && value.length <= 255 && value.isWellFormed() && !/\p{Cc}/u.test(value)) return value;
  throw new UsageError(`${option}: should be a text of 1 to 255 characters without control characters`);
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

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A moment (`2030-01-31T12:00:00Z`), a day (`2030-01-31`: its beginning, UTC) or a time from now (`30d`). */
export function readMoment(option: string, value: string, nowMs: number): Date {
  const fromNow = /^([1-9]\d{0,4})([mhdw])$/.exec(value);
  const unit = fromNow?.[2];
  if (unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w') {
    return new Date(nowMs + Number(fromNow?.[1]) * unitMs[unit]);
  }
  const isMoment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(value);
  const moment = new Date(isMoment ? value : Number.NaN);
  // Date takes 2030-02-30 for the second of March
  const isRealDay = isMoment && new Date(`${value.slice(0, 10)}T00:00:00Z`).toJSON()?.startsWith(value.slice(0, 10));
  if (isRealDay && !Number.isNaN(moment.getTime())) return moment;
  throw new UsageError(`${option}: should be a time such as 2030-01-31T12:00:00Z, a day such as 2030-01-31, or 30d`);
}

/** Where a page of a list ended, as text that can be handed to `--cursor`. */
export function formatCursor(position: PagePosition): string {
  return Buffer.from(`${position.createdAt.toISOString()} ${position.id}`).toString('base64url');
}

export function readCursor(option: string, value: string): PagePosition {
  const [at = '', id = ''] = Buffer.from(value, 'base64url').toString('utf8').split(' ');
  const createdAt = new Date(at);
  if (isUuid(id) && !Number.isNaN(createdAt.getTime()) && createdAt.toISOString() === at) return { createdAt, id };
  throw new UsageError(`${option}: should be the text that the page before named as its next cursor`);
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
