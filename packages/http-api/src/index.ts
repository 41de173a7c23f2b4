// The public surface, by hand: what is not listed here is internal.
export { readCredential } from './chat-completions/credential.ts';
export { type DataPlaneCode, dataPlaneCodes, dataPlaneStatuses } from './chat-completions/data-plane-codes.ts';
export {
  type DataPlaneError,
  type DataPlaneErrorBody,
  type DataPlaneErrorType,
  dataPlaneErrorAnswer,
  dataPlaneErrorBody,
  dataPlaneErrorSchema,
} from './chat-completions/data-plane-error.ts';
export { describeFailure, describeRefusal } from './chat-completions/gateway-errors.ts';
export { errorTypeOf, toDataPlaneError } from './chat-completions/to-data-plane-error.ts';
export { missingKey } from './chat-completions/verify-errors.ts';
export { createHttpApi, type HttpApi } from './create-http-api.ts';
export { type ErrorStatus, errorStatuses } from './errors/error-statuses.ts';
export { type Problem, problemAnswer, problemSchema } from './errors/problem.ts';
export { toKeywrightError } from './errors/to-keywright-error.ts';
export { finishAnswer } from './finish-answer.ts';
export type { HttpApiOptions } from './http-api-options.ts';
export { type HttpAnswer, type HttpRequest, isStreamBody, type RequestBody } from './http-message.ts';
export { idempotencyKeySchema } from './idempotency/idempotency-key.ts';
export { requestIdOf } from './request-id.ts';
export type { MetricsText, OpenApiDocument, Route, RouteCall, RouteCaller, RouteGroup, RouteHost } from './route.ts';
export { routes } from './routes.ts';
export type { Prefixes } from './routing/prefixes.ts';
export { type MountedRoute, RouteTable } from './routing/route-table.ts';
