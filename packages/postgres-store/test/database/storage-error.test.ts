import { inspect } from 'node:util';
import { aLease, anActiveKey, anOwner, newKeyInput } from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { sqlState, toStorageError, violatedConstraint } from '../../src/database/storage-error.ts';
import { describeDrivers, type OpenedDatabase } from '../support/drivers.ts';

const databaseError = (code: string, more: object = {}) => Object.assign(new Error('it failed'), { code, ...more });

describe('errors of the database', () => {
  it.each([
    ['08006', 'storage_unavailable'],
    ['28P01', 'storage_unavailable'],
    ['3D000', 'storage_unavailable'],
    ['40001', 'storage_unavailable'],
    ['40P01', 'storage_unavailable'],
    ['53300', 'storage_unavailable'],
    ['55P03', 'storage_unavailable'],
    ['57014', 'storage_unavailable'],
    ['57P01', 'storage_unavailable'],
    ['42P01', 'schema_mismatch'],
    ['42703', 'schema_mismatch'],
    ['3F000', 'schema_mismatch'],
    ['23505', 'internal_error'],
    ['42601', 'internal_error'],
  ])('%s becomes %s', (code, expected) => {
    const error = toStorageError(databaseError(code));
    expect(error).toMatchObject({ name: 'KeywrightError', code: expected, cause: { code } });
    expect(sqlState(error)).toBe(code);
  });

  it.each([
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
    new Error('Connection terminated unexpectedly'),
    new Error('Connection terminated due to connection timeout'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Client has encountered a connection error and is not queryable'),
    new Error('Cannot use a pool after calling end on the pool'),
    new Error('Query read timeout'),
    new Error('PGlite is closed'),
  ])('%s becomes storage_unavailable', (error) => {
    expect(toStorageError(error)).toMatchObject({ code: 'storage_unavailable', cause: error });
  });

  it('a violated CHECK of a column becomes validation_failed with the name of the field', () => {
    const error = toStorageError(
      databaseError('23514', { table: 'api_keys', constraint: 'api_keys_max_budget_check' }),
    );
    expect(error).toMatchObject({ code: 'validation_failed', errors: [{ path: 'maxBudget' }] });
    expect(violatedConstraint(error)).toBe('api_keys_max_budget_check');
  });

  it('a mistake in the code stays what it is', () => {
    const mistake = new TypeError('x is not a function');
    expect(toStorageError(mistake)).toBe(mistake);
  });

  it('says that the outcome of a COMMIT is not known', () => {
    expect(toStorageError(new Error('Connection terminated'), 'commit')).toMatchObject({
      message: expect.stringMatching(/was made, or it was not/),
    });
  });
});

describeDrivers('what an error shows', (open) => {
  let database: OpenedDatabase;
  beforeAll(async () => {
    database = await open();
    await migrate(database.client).up();
  });
  afterAll(() => database.close());

  it('is never a value of the statement, however deep one looks', async () => {
    const storage = createPostgresStorage(database.client);
    const owner = await anOwner(storage);
    const { keyHash } = await anActiveKey(storage, owner);
    const planted = 'planted-8f3a';
    const input = newKeyInput(owner, { keyHash, name: planted, metadata: { planted } });
    const db = openDatabase(database.client, 'keywright');
    const failures = [
      () => storage.keys.insertCreating(owner.tenantId, input, aLease(), 1000),
      () => sql`select cast(${planted} as integer)`.execute(db),
      () => sql`select cast(${planted} as text), 1 / 0`.execute(db),
    ];
    for (const failure of failures) {
      const error: unknown = await failure().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'internal_error' });
      const shown = inspect(error, { depth: 20, showHidden: true });
      expect(shown).not.toContain(planted);
      expect(shown).not.toContain(keyHash);
    }
  });
});
