import { describeStorage } from '@keywright/core/testing';
import { describePostgres } from './support/real-postgres.ts';
import { openOnPostgres } from './support/storages.ts';

describePostgres('the contract', () => describeStorage('pg', openOnPostgres));
