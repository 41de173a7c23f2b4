import { completeChat } from './chat-completions/complete-chat.ts';
import { createEmbeddings } from './chat-completions/create-embeddings.ts';
import { liveness, readiness } from './health/health.ts';
import { openApi } from './health/openapi.ts';
import type { Route } from './http/routes.ts';
import { blockKey, unblockKey } from './keys/block-key.ts';
import { deleteKeys } from './keys/delete-keys.ts';
import { generateKey } from './keys/generate-key.ts';
import { keyFields } from './keys/key-columns.ts';
import { keyInfo } from './keys/key-info.ts';
import { aliasListParameters, listAliases } from './keys/list-aliases.ts';
import { keyListParameters, listKeys } from './keys/list-keys.ts';
import { updateKey } from './keys/update-key.ts';
import { listModels } from './models/list-models.ts';
import { modelInfo } from './models/model-info.ts';
import { deleteUsers } from './users/delete-users.ts';
import { newUser } from './users/new-user.ts';
import { updateUser } from './users/update-user.ts';
import { userInfo } from './users/user-info.ts';
import { userFields } from './users/user-row.ts';

const management = { groups: ['management_routes'], method: 'POST' } as const;
const reading = { groups: ['management_routes', 'info_routes'], method: 'GET', caller: 'any-key' } as const;
const model = { groups: ['llm_api_routes'], method: 'POST', caller: 'any-key' } as const;
const open = { groups: [], method: 'GET', caller: 'anyone' } as const;

const strings = { type: 'strings' } as const;
const text = { type: 'string' } as const;

const keyRoutes: Route[] = [
  { ...management, paths: ['/key/generate'], caller: 'key-manager', body: keyFields, handle: generateKey },
  { ...management, paths: ['/key/update'], caller: 'key-manager', body: keyFields, handle: updateKey },
  {
    ...management,
    paths: ['/key/delete'],
    caller: 'key-manager',
    body: { keys: strings, key_aliases: strings },
    handle: deleteKeys,
  },
  { ...management, paths: ['/key/block'], caller: 'key-manager', body: { key: text }, handle: blockKey },
  { ...management, paths: ['/key/unblock'], caller: 'key-manager', body: { key: text }, handle: unblockKey },
  { ...reading, paths: ['/key/info'], query: { key: text }, handle: keyInfo },
  { ...reading, paths: ['/key/list'], query: keyListParameters, handle: listKeys },
  {
    ...reading,
    groups: ['management_routes'],
    paths: ['/key/aliases'],
    caller: 'admin',
    query: aliasListParameters,
    handle: listAliases,
  },
];

const userRoutes: Route[] = [
  { ...management, paths: ['/user/new'], caller: 'admin', body: userFields, handle: newUser },
  { ...management, paths: ['/user/update'], caller: 'admin', body: userFields, handle: updateUser },
  { ...management, paths: ['/user/delete'], caller: 'admin', body: { user_ids: strings }, handle: deleteUsers },
  { ...reading, paths: ['/user/info'], query: { user_id: text }, handle: userInfo },
];

const modelRoutes: Route[] = [
  {
    ...reading,
    groups: ['llm_api_routes', 'info_routes'],
    paths: ['/models', '/v1/models'],
    handle: listModels,
  },
  {
    ...reading,
    groups: ['llm_api_routes', 'info_routes'],
    paths: ['/model/info', '/v1/model/info'],
    handle: modelInfo,
  },
  { ...model, paths: ['/chat/completions', '/v1/chat/completions'], handle: completeChat },
  { ...model, paths: ['/embeddings', '/v1/embeddings'], handle: createEmbeddings },
];

const healthRoutes: Route[] = [
  { ...open, paths: ['/health/liveliness', '/health/liveness'], handle: liveness },
  { ...open, paths: ['/health/readiness'], handle: readiness },
];

const listed = [...keyRoutes, ...userRoutes, ...modelRoutes, ...healthRoutes];

/** Every route that the stand-in answers. */
export const routes: readonly Route[] = [...listed, { ...open, paths: ['/openapi.json'], handle: openApi(listed) }];
