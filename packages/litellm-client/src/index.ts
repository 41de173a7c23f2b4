// The public surface, by hand: what is not listed here is internal. Withheld on purpose: the transport, the mirror and
// the gateway by themselves, and the tables that classify errors.
export type {
  BudgetsClient,
  CreateBudgetRequest,
  LiteLlmBudget,
  UpdateBudgetRequest,
} from './budgets.ts';
export { type Capabilities, type CapabilityName, readCapabilities } from './capabilities.ts';
export type { CircuitBreakerOptions } from './circuit-breaker.ts';
export { createLiteLlmClient, type LiteLlmClient, type LiteLlmClientOptions } from './client.ts';
export { createLiteLlm, type LiteLlmOptions } from './create-litellm.ts';
export type {
  CreateCustomerRequest,
  CustomersClient,
  LiteLlmCustomer,
  UpdateCustomerRequest,
} from './customers.ts';
export {
  LiteLlmError,
  type LiteLlmErrorDetails,
  type LiteLlmErrorReason,
  type LiteLlmOutageReason,
  type LiteLlmRefusalReason,
  outageReasons,
  refusalReasons,
} from './errors/litellm-error.ts';
export type { Contract, HealthClient, Readiness } from './health.ts';
export type {
  GeneratedKey,
  KeyAliasList,
  KeyList,
  KeySpendReset,
  KeysBulkUpdate,
  LiteLlmKeyInfo,
  LiteLlmKeyRow,
} from './key-answers.ts';
export type {
  BulkUpdateKeysRequest,
  GenerateKeyRequest,
  GenerateServiceAccountKeyRequest,
  KeyFilter,
  ListKeyAliasesRequest,
  ListKeysRequest,
  UpdateKeyRequest,
} from './key-requests.ts';
export type { KeysClient } from './keys.ts';
export type { LiteLlmDeployment, ModelsClient } from './models.ts';
export type {
  CreateOrganizationRequest,
  LiteLlmOrganization,
  OrganizationsClient,
  UpdateOrganizationRequest,
} from './organizations.ts';
export type {
  DailyActivity,
  DailyActivityRequest,
  ListSpendLogsRequest,
  LiteLlmSpendLog,
  SpendClient,
  SpendLogFilter,
  SpendLogList,
} from './spend.ts';
export type {
  CreateTeamRequest,
  ListTeamsRequest,
  LiteLlmTeam,
  TeamList,
  TeamMember,
  TeamsClient,
  UpdateTeamRequest,
} from './teams.ts';
export type {
  CreateUserRequest,
  ListUsersRequest,
  LiteLlmUser,
  UpdateUserRequest,
  UserFilter,
  UserList,
  UsersClient,
} from './users.ts';
export type { NonEmpty, NonEmptyModels } from './wire.ts';
