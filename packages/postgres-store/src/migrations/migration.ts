import { createHash } from 'node:crypto';

/** One step of the schema. Once released it never changes: its checksum is in every database that took it. */
export interface Migration {
  /** 1, 2, 3 ... without gaps. */
  number: number;
  /** `0001_what_it_does`. */
  name: string;
  /** Whether releases that do not know this step stop working on a schema that has it. */
  breaking: boolean;
  /** The statements of the step in a schema; the name needs no quotes. */
  up(schema: string): string[];
  /** The statements that undo it. */
  down(schema: string): string[];
}

/** What a database notes of a step, so that a changed one is noticed. */
export function checksumOf(migration: Migration): string {
  const { name, breaking, up, down } = migration;
  const text = JSON.stringify([name, breaking, up('keywright'), down('keywright')]);
  return createHash('sha256').update(text).digest('hex');
}
