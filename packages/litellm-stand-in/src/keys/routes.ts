import { management, type Route, reading } from '../http/routes.ts';
import { blockKey, unblockKey } from './block-key.ts';
import { bulkUpdateFields, bulkUpdateKeys, bulkUpdateTeamKeys, teamBulkUpdateFields } from './bulk-update.ts';
import { deleteKeys } from './delete-keys.ts';
import { generateKey } from './generate-key.ts';
import { keyFields } from './key-columns.ts';
import { keyHealth } from './key-health.ts';
import { keyInfo } from './key-info.ts';
import { aliasListParameters, listAliases } from './list-aliases.ts';
import { keyListParameters, listKeys } from './list-keys.ts';
import { regenerateKey } from './regenerate-key.ts';
import { resetSpend, resetSpendFields } from './reset-spend.ts';
import { generateServiceAccountKey } from './service-account.ts';
import { updateKey } from './update-key.ts';
import { v2KeyInfo } from './v2-key-info.ts';

const strings = { type: 'strings' } as const;
const text = { type: 'string' } as const;
const managing = { ...management, caller: 'key-manager' } as const;

export const keyRoutes: Route[] = [
  { ...managing, paths: ['/key/generate'], body: keyFields, handle: generateKey },
  { ...managing, paths: ['/key/service-account/generate'], body: keyFields, handle: generateServiceAccountKey },
  { ...managing, paths: ['/key/update'], body: keyFields, handle: updateKey },
  { ...managing, paths: ['/key/bulk_update'], body: bulkUpdateFields, handle: bulkUpdateKeys },
  {
    ...managing,
    caller: 'admin',
    since: '1.92.2',
    paths: ['/team/key/bulk_update'],
    body: teamBulkUpdateFields,
    handle: bulkUpdateTeamKeys,
  },
  { ...managing, paths: ['/key/delete'], body: { keys: strings, key_aliases: strings }, handle: deleteKeys },
  { ...managing, paths: ['/key/block'], body: { key: text }, handle: blockKey },
  { ...managing, paths: ['/key/unblock'], body: { key: text }, handle: unblockKey },
  { ...managing, paths: ['/key/regenerate', '/key/{key}/regenerate'], body: keyFields, handle: regenerateKey },
  { ...managing, paths: ['/key/{key}/reset_spend'], body: resetSpendFields, handle: resetSpend },
  { ...managing, caller: 'any-key', paths: ['/key/health'], handle: keyHealth },
  { ...reading, paths: ['/key/info'], query: { key: text }, handle: keyInfo },
  { ...reading, groups: ['info_routes'], method: 'POST', hidden: true, paths: ['/v2/key/info'], handle: v2KeyInfo },
  { ...reading, paths: ['/key/list'], query: keyListParameters, handle: listKeys },
  {
    ...reading,
    groups: ['management_routes'],
    caller: 'key-manager',
    paths: ['/key/aliases'],
    query: aliasListParameters,
    handle: listAliases,
  },
];
