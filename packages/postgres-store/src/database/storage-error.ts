import { isKeywrightError, KeywrightError } from '@keywright/core';

/**
 * Turns what a driver throws into a KeywrightError. Messages hold no values of a statement, and neither do causes:
 * drivers put rows into `detail` and parameters beside it, and logs print both.
 *
 * - `storage_unavailable`: no connection, or the server gave up (shut down, out of resources, deadlock, lock timeout)
 * - `schema_mismatch`: a table or column is not there
 * - `validation_failed`: a CHECK constraint names the field
 * - `internal_error`: everything else, which is a bug
 */
export function toStorageError(error: unknown, statement = ''): unknown {
  if (isKeywrightError(error)) return error;
  const state = ownSqlState(error);
  const cause = state === undefined ? error : withoutValues(error, state);
  if (state === undefined ? isConnectionError(error) : unavailableStates.test(state)) {
    return new KeywrightError('storage_unavailable', unavailableMessage(statement, state), {
      cause,
      retryAfterSeconds: 1,
    });
  }
  if (state === undefined) return error;
  if (state === '42P01' || state === '42703' || state === '3F000') {
    return new KeywrightError('schema_mismatch', 'A table or column is missing. Run `keywright migrate up`.', {
      cause,
    });
  }
  const field = state === '23514' ? checkedField(error) : undefined;
  if (field) {
    const errors = [{ path: field, message: 'holds a value that the database refuses' }];
    return new KeywrightError('validation_failed', `${field}: holds a value that the database refuses`, {
      cause,
      errors,
    });
  }
  return new KeywrightError('internal_error', `The database refused a statement (SQLSTATE ${state}).`, { cause });
}

/** The SQLSTATE under an error that this package threw; undefined when there is none. */
export function sqlState(error: unknown): string | undefined {
  return isKeywrightError(error) ? ownSqlState(error.cause) : ownSqlState(error);
}

/** The constraint under an error that this package threw. */
export function violatedConstraint(error: unknown): string | undefined {
  return textOf(isKeywrightError(error) ? error.cause : error, 'constraint');
}

/**
 * Classes of PostgreSQL's error codes, appendix A: 08 connection, 28 and 3D login, 53 resources, 57 operator
 * intervention, 58 system; then serialisation, deadlock and lock timeout.
 */
const unavailableStates = /^(08|28|3D|53|57|58|40001$|40P01$|55P03$)/;

/** What pg, pg-pool and PGlite say when they have no connection; these errors carry no code. */
const connectionMessages =
  /connection (terminated|error|ended)|timeout exceeded when trying to connect|not queryable|after calling end|read timeout|(PGlite|closed).*(PGlite|closed)|Client was closed/i;

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /^E[A-Z_]{3,}$/.test(textOf(error, 'code') ?? '') || connectionMessages.test(error.message);
}

function unavailableMessage(statement: string, state: string | undefined): string {
  const why = state === undefined ? 'no connection' : `SQLSTATE ${state}`;
  if (statement === 'commit')
    return `The database went away during COMMIT (${why}): the change was made, or it was not.`;
  return `The database is not available (${why}).`;
}

function ownSqlState(error: unknown): string | undefined {
  const code = textOf(error, 'code');
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : undefined;
}

/** The names in an error, without the values. Messages of class 22 (data) quote the value, so they are left out. */
function withoutValues(error: unknown, state: string): Error {
  const message = state.startsWith('22') || !(error instanceof Error) ? `SQLSTATE ${state}` : error.message;
  const names = ['schema', 'table', 'column', 'constraint', 'routine'].flatMap((name) => {
    const text = textOf(error, name);
    return text === undefined ? [] : [[name, text]];
  });
  return Object.assign(new Error(message), { name: 'DatabaseError', code: state, ...Object.fromEntries(names) });
}

/** `maxBudget` for the constraint `api_keys_max_budget_check`. */
function checkedField(error: unknown): string | undefined {
  const table = textOf(error, 'table');
  const constraint = textOf(error, 'constraint');
  if (!table || !constraint?.startsWith(`${table}_`) || !constraint.endsWith('_check')) return undefined;
  return camelCase(constraint.slice(table.length + 1, -'_check'.length));
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function textOf(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null || !(name in value)) return undefined;
  const text: unknown = Reflect.get(value, name);
  return typeof text === 'string' ? text : undefined;
}
