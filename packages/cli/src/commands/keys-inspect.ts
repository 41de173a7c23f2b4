import type { ApiKeyView } from '@keywright/core';
import type { Command } from 'commander';
import { type CommandContext, commandContext, examples, show } from '../command-context.ts';
import { withKeywright } from '../compose.ts';
import { describeSecret, type SecretDescription } from '../describe-secret.ts';
import { Failure, UsageError } from '../errors.ts';
import { canFind, type FoundKeys, findKeys } from '../find-key.ts';
import { type Io, readAll } from '../io.ts';
import { formatTime, keyToJson } from '../key-json.ts';
import { readHostId } from '../options.ts';
import { formatFields } from '../table.ts';

interface InspectOptions {
  tenant?: string;
  offline?: boolean;
}

export function addKeysInspect(keys: Command, io: Io): void {
  keys
    .command('inspect')
    .description('tell what a secret, prefix, token id or key id is, and which key it belongs to')
    .argument('<text>', 'the text, or - to read it from stdin, which keeps a secret out of the shell history')
    .option('--tenant <id>', 'look only there; needed to look up a prefix or key id')
    .option('--offline', 'do not ask the database, even if one is configured')
    .addHelpText(
      'after',
      `${examples(
        'pbpaste | keywright keys inspect -',
        'keywright keys inspect sk-kw_4Kp2 --tenant acme',
        'keywright keys inspect 019...-... --tenant acme --json',
      )}
Without a database it tells format, brand, checksum and SHA-256 (LiteLLM's token id).
Exit code 1: the secret is malformed, or the database does not know it.
`,
    )
    .action((text: string, options: InspectOptions, command: Command) => inspectKey(io, text, options, command));
}

async function inspectKey(io: Io, argument: string, options: InspectOptions, command: Command): Promise<void> {
  const context = commandContext(io, command);
  const tenantId = options.tenant === undefined ? undefined : readHostId('--tenant', options.tenant);
  const text = argument === '-' ? (await readAll(io.stdin, 4096)).trim() : argument;
  if (text === '')
    throw new UsageError('<text>: should be a secret, prefix, token id or key id, or - with one on stdin');
  const description = describeSecret(text);
  const found = options.offline ? undefined : await lookUp(context, description, tenantId);
  const json = {
    ...description,
    lookedUp: found !== undefined,
    keys: found?.keys.map(keyToJson) ?? [],
    hidden: found?.hidden ?? null,
  };
  show(context, json, describe(description, found, tenantId));
  if (description.kind === 'unknown' || description.checksum === 'wrong') throw new Failure('The text is malformed.');
  if (found && found.keys.length === 0) throw new Failure('The database knows no such key.');
}

async function lookUp(context: CommandContext, description: SecretDescription, tenantId: string | undefined) {
  if (!context.config.database || !canFind(description, tenantId)) return undefined;
  return withKeywright(context.config, { needsLiteLlm: false }, (services) =>
    findKeys(services, description, tenantId),
  );
}

function describe(description: SecretDescription, found: FoundKeys | undefined, tenantId: string | undefined): string {
  const { kind, format, brand, checksum, prefix, tokenId } = description;
  const blocks = [
    formatFields([
      ['kind', kind === 'unknown' ? 'unknown: no secret, prefix, token id or key id' : kind],
      ...(format ? [['format', format === 'kw' ? "kw (Keywright's)" : format] as const] : []),
      ...(brand ? [['brand', brand] as const] : []),
      ...(checksum ? [['checksum', checksum] as const] : []),
      ...(prefix ? [['prefix', prefix] as const] : []),
      ...(tokenId ? [['sha256', `${tokenId} (token id in LiteLLM)`] as const] : []),
    ]),
    ...(found?.keys.map(describeKey) ?? []),
  ];
  if (found?.hidden) blocks.push(`Key ${found.hidden.id} of ${found.hidden.tenantId} is ${found.hidden.lifecycle}.`);
  if (!found && !tokenId && kind !== 'unknown' && tenantId === undefined) blocks.push('Add --tenant to look it up.');
  return blocks.join('\n\n');
}

function describeKey(key: ApiKeyView): string {
  return formatFields([
    ['key', key.id],
    ['name', key.name],
    ['owner', `${key.userId} (tenant ${key.tenantId})`],
    ['status', key.status],
    ['sync', key.syncError ? `${key.syncStatus}: ${key.syncError}` : key.syncStatus],
    ['models', key.models.join(', ') || 'none'],
    ['created', formatTime(key.createdAt)],
    ['expires', formatTime(key.expiresAt)],
    ['last used', formatTime(key.lastUsedAt)],
  ]);
}
