import { evictKey } from '../auth/evict-key.ts';
import { requireBlockRights } from '../auth/rights.ts';
import { json } from '../http/answers.ts';
import { bodyFields, type Call, changedBy, textOf } from '../http/call.ts';
import { namedError } from '../http/errors.ts';
import { tokenOf } from '../secrets.ts';
import { unknownKeyOnBlock } from './find-key.ts';
import { keyRowBody } from './key-row.ts';

function setBlocked(call: Call, blocked: boolean): Response {
  const given = bodyFields(call, { key: { type: 'string', required: true } });
  requireBlockRights(call);
  const token = tokenOf(textOf(given, 'key') ?? '');
  if (!/^[0-9a-f]{64}$/.test(token)) {
    throw namedError(400, 'bad_request_error', 'Invalid key format.', 'key');
  }
  const row = call.proxy.state.keys.get(token);
  if (!row) throw unknownKeyOnBlock(call, token);
  call.proxy.state.keys.change(row, () => {
    row.blocked = blocked;
    row.updatedAt = call.proxy.now();
    row.updatedBy = changedBy(call);
  });
  evictKey(call, row);
  return json({ ...keyRowBody(row, call.proxy), token: row.token });
}

/** POST /key/block: refused from the next call on; a key that is blocked already stays so. */
export function blockKey(call: Call): Response {
  return setBlocked(call, true);
}

/** POST /key/unblock */
export function unblockKey(call: Call): Response {
  return setBlocked(call, false);
}
