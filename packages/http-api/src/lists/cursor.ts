import { hostId, isUuid, type PagePosition, type PageRequest } from '@keywright/core';
import { z } from 'zod';

const limitMessage = 'should be a whole number from 1 to 100';

const limitSchema = z.coerce
  .number({ error: limitMessage })
  .int(limitMessage)
  .min(1, limitMessage)
  .max(100, limitMessage);

/** What stands for a row's place in a list: base64url of its time of creation and its id. Opaque to callers. */
export function encodeCursor({ createdAt, id }: PagePosition): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString('base64url');
}

const latest = Date.UTC(9999, 11, 31);

/** Undefined for what we did not write. */
function decodeCursor(cursor: string): PagePosition | undefined {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const [, time = '', id = ''] = /^(\d{1,15})\.(.+)$/s.exec(text) ?? [];
  const createdAt = new Date(Number(time));
  if (id === '' || createdAt.getTime() > latest) return undefined;
  // what decodes leniently (padding, other alphabets, broken UTF-8) is not what we wrote
  return encodeCursor({ createdAt, id }) === cursor ? { createdAt, id } : undefined;
}

const idChecks = {
  uuid: isUuid,
  'host-id': (id: string) => hostId.safeParse(id).success,
  /** What an entry of the queue is about: `key/<id>`. */
  'sync-task': (id: string) => /^[a-z]+\//.test(id) && hostId.safeParse(id.slice(id.indexOf('/') + 1)).success,
};

/**
 * The part of a query that asks for a page.
 *
 * @param ids what the ids of the list's rows look like: a cursor with another id would be an error of the database
 */
export function pageQuery(ids: keyof typeof idChecks) {
  const message = 'should be the nextCursor of the page before';
  const cursor = z
    .string()
    .max(1_000, message)
    .transform((text, context) => {
      const position = decodeCursor(text);
      if (position && idChecks[ids](position.id)) return position;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .meta({ type: 'string', description: 'The `nextCursor` of the page before.' });
  return z.strictObject({
    limit: limitSchema.default(20).meta({ type: 'integer', minimum: 1, maximum: 100, default: 20 }),
    cursor: cursor.optional(),
  });
}

export function toPageRequest({ limit, cursor }: { limit: number; cursor?: PagePosition | undefined }): PageRequest {
  return cursor ? { limit, after: cursor } : { limit };
}
