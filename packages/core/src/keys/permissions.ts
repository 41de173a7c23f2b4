import { z } from 'zod';

/** What Keywright's own routes ask for. Hosts add their own. */
export const builtInPermissions = [
  'llm:chat',
  'llm:completions',
  'llm:embeddings',
  'llm:responses',
  'llm:models',
] as const;

/** What a key may do when none was given. */
export const defaultPermissions: readonly string[] = ['llm:*'];

const permissionMessage = 'should be namespace:action in lower case, such as "llm:chat", "llm:*" or "*"';

export const permission = z
  .string({ error: permissionMessage })
  .max(100, permissionMessage)
  .regex(/^(\*|[a-z][a-z0-9-]*:(\*|[a-z][a-z0-9-]*))$/, permissionMessage)
  .refine(
    (name) => !name.startsWith('llm:') || name === 'llm:*' || builtInPermissions.some((known) => known === name),
    `should be one of llm:*, ${builtInPermissions.join(', ')}, or one of the host's own`,
  );

/** Whether a key with these permissions may do something. `*` stands for every action of a namespace, or for all. */
export function isPermitted(granted: readonly string[], wanted: string): boolean {
  const end = wanted.indexOf(':');
  const wholeNamespace = end < 0 ? undefined : `${wanted.slice(0, end)}:*`;
  return granted.some((given) => given === wanted || given === '*' || given === wholeNamespace);
}
