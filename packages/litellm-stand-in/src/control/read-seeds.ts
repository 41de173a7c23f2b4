import { isObject, numberOf, stringsOf, textOf } from '../http/call.ts';
import type { SeedKey } from '../seed-keys.ts';
import { ControlError } from './control-error.ts';

function readSeed(sent: unknown, index: number): SeedKey {
  const fields = isObject(sent) ? sent : {};
  const token = textOf(fields, 'token');
  if (token === null) throw new ControlError(400, `keys[${index}] must be an object with a "token"`);
  const [createdAt, expires] = [textOf(fields, 'createdAt'), textOf(fields, 'expires')];
  return {
    token,
    alias: textOf(fields, 'alias'),
    userId: textOf(fields, 'userId'),
    teamId: textOf(fields, 'teamId'),
    models: stringsOf(fields, 'models'),
    metadata: isObject(fields.metadata) ? fields.metadata : {},
    spend: numberOf(fields, 'spend') ?? 0,
    maxBudget: numberOf(fields, 'maxBudget'),
    rpmLimit: numberOf(fields, 'rpmLimit'),
    tpmLimit: numberOf(fields, 'tpmLimit'),
    keyType: textOf(fields, 'keyType') ?? 'default',
    ...(typeof fields.blocked === 'boolean' && { blocked: fields.blocked }),
    ...(createdAt !== null && { createdAt: new Date(createdAt) }),
    ...(expires !== null && { expires: new Date(expires) }),
  };
}

/**
 * Keys to seed, as the control route takes them: dates are ISO texts.
 *
 * @throws ControlError 400 that says what does not fit.
 */
export function readSeeds({ keys }: Record<string, unknown>): SeedKey[] {
  if (!Array.isArray(keys)) throw new ControlError(400, '"keys" must be a list');
  return keys.map(readSeed);
}
