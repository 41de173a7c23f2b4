import { completeChat } from '../chat-completions/complete-chat.ts';
import { createEmbeddings } from '../chat-completions/create-embeddings.ts';
import type { Route } from '../http/routes.ts';
import { listModels } from './list-models.ts';
import { modelGroups, modelInfo, modelInfoParameters, modelPage, modelPageParameters } from './model-info.ts';

const calling = { groups: ['llm_api_routes'], method: 'POST', caller: 'any-key', withoutDatabase: true } as const;
const reading = {
  groups: ['llm_api_routes', 'info_routes'],
  method: 'GET',
  caller: 'any-key',
  withoutDatabase: true,
} as const;
const informing = { ...reading, groups: ['llm_api_routes', 'management_routes', 'info_routes'] } as const;

export const modelRoutes: Route[] = [
  { ...reading, paths: ['/models', '/v1/models'], handle: listModels },
  { ...informing, paths: ['/model/info', '/v1/model/info'], query: modelInfoParameters, handle: modelInfo },
  { ...informing, paths: ['/v2/model/info'], query: modelPageParameters, handle: modelPage },
  { ...informing, paths: ['/model_group/info'], handle: modelGroups },
  { ...calling, paths: ['/chat/completions', '/v1/chat/completions'], handle: completeChat },
  { ...calling, paths: ['/embeddings', '/v1/embeddings'], handle: createEmbeddings },
];
