import { type FieldError, KeywrightError, maxNanoUsd } from '@keywright/core';
import { type AliasedRawBuilder, sql } from 'kysely';
import { type ColumnDescription, castType, type TableDescription } from './columns.ts';
import { camelCase } from './storage-error.ts';

/**
 * Whether PostgreSQL can hold a value as it is: no text in it has a NUL character or half a surrogate pair, and a time
 * is one of the years 1 to 9999.
 */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (value instanceof Date) return isStorableTime(value);
  return !Array.isArray(value) || value.every(isStorable);
}

/**
 * Hands a row on if every value of it will be stored exactly as it is; else throws `validation_failed` with the names
 * of the fields. Services check more, and earlier: this guards what reaches the store past them.
 */
export function checkRow<R extends object>(columns: TableDescription, row: R): R {
  const errors = Object.entries(row).flatMap(([name, value]): FieldError[] => {
    const problem = value === null || value === undefined ? undefined : problemWith(columns[name], value);
    return problem ? [{ path: camelCase(name), message: problem }] : [];
  });
  const [first] = errors;
  if (first) throw new KeywrightError('validation_failed', `${first.path}: ${first.message}`, { errors });
  return row;
}

const textMessage = 'should hold no NUL characters and no halves of surrogate pairs';
const timeMessage = 'should be a time from the year 1 to 9999';

function problemWith(column: ColumnDescription | undefined, value: unknown): string | undefined {
  if (!isStorable(value)) return value instanceof Date ? timeMessage : textMessage;
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return 'should be a whole number';
  if (column?.type === 'numeric(20,9)' && !isAmount(value)) return 'should be at most 99999999999.999999999';
  if (column?.type === 'jsonb' && !isStorableJson(String(value))) return textMessage;
  return undefined;
}

function isStorableTime(time: Date): boolean {
  return time.getTime() >= -62_135_596_800_000 && time.getTime() < 253_402_300_800_000;
}

function isAmount(value: unknown): boolean {
  const whole = typeof value === 'string' ? value.replace('-', '').split('.')[0] : undefined;
  return whole !== undefined && whole.length <= String(maxNanoUsd).length - 9;
}

/** JSON text escapes what PostgreSQL refuses: `\u0000`, and `\ud800` for a lone surrogate. */
function isStorableJson(text: string): boolean {
  return !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(text);
}

/**
 * A row as the columns and values of `INSERT ... SELECT`, where PostgreSQL does not know a parameter's type by itself.
 */
export function rowToSelect<N extends string>(
  columns: TableDescription,
  row: Readonly<Partial<Record<N, unknown>>>,
): { names: N[]; values: AliasedRawBuilder<unknown, string>[] } {
  const names: N[] = [];
  const values: AliasedRawBuilder<unknown, string>[] = [];
  for (const name in row) {
    const column = columns[name];
    if (row[name] === undefined || !column) continue;
    names.push(name);
    values.push(sql`cast(${row[name]} as ${sql.raw(castType(column))})`.as(name));
  }
  return { names, values };
}
