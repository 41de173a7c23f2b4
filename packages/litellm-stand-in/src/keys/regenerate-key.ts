import type { Call } from '../http/call.ts';
import { unexpectedError } from '../http/errors.ts';
import { licenceHint } from '../http/licence.ts';

/** POST /key/regenerate and /key/{key}/regenerate: refused without a licence, whatever the key; it goes on working. */
export function regenerateKey(call: Call): Response {
  throw unexpectedError(call.proxy.profile, `Regenerating Virtual Keys is an Enterprise feature, ${licenceHint}`);
}
