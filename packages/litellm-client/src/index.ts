// The public surface, by hand: what is not listed here is internal. Withheld on purpose: the transport, the mirror and
// the gateway by themselves, and the tables that classify errors.
export { createLiteLlmClient, type LiteLlmClient, type LiteLlmClientOptions } from './client.ts';
export { createLiteLlm, type LiteLlmOptions } from './create-litellm.ts';
export {
  LiteLlmError,
  type LiteLlmErrorDetails,
  type LiteLlmErrorReason,
  type LiteLlmOutageReason,
  type LiteLlmRefusalReason,
  outageReasons,
  refusalReasons,
} from './errors/litellm-error.ts';
export type { HealthClient, Readiness } from './health.ts';
export type {
  GeneratedKey,
  GenerateKeyRequest,
  KeyList,
  KeysClient,
  ListKeysRequest,
  LiteLlmKeyInfo,
  LiteLlmKeyRow,
  UpdateKeyRequest,
} from './keys.ts';
export type { LiteLlmDeployment, ModelsClient } from './models.ts';
export type { CreateUserRequest, LiteLlmUser, UpdateUserRequest, UsersClient } from './users.ts';
export type { NonEmptyModels } from './wire.ts';
