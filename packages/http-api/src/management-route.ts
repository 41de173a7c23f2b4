import {
  type Actor,
  assertOperator,
  authorise,
  type ErrorCode,
  hostId,
  type Keywright,
  own,
  parseInput,
  type Reach,
} from '@keywright/core';
import { z } from 'zod';
import type { HttpAnswer } from './http-message.ts';
import { answerOnce } from './idempotency/answer-once.ts';
import type { Route, RouteCall } from './route.ts';

/** Stands for parameters or a query that a route does not have. */
export const none = z.strictObject({});

/** Stands for a body that a route does not have: none is read. */
export const noBody = z.undefined();

/** A route of the management API, with its input typed by its schemas. */
export interface ManagementRoute<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType> {
  name: string;
  method: Route['method'];
  path: string;
  caller: 'user' | 'admin' | 'operator';
  summary: string;
  description?: string;
  params: Params;
  query: Query;
  body: Body;
  bodyIsOptional?: boolean;
  idempotent?: boolean;
  answers: Route['answers'];
  /** Beyond those that every route of this kind can answer. */
  errors: readonly ErrorCode[];
  handle(call: ManagementCall<z.output<Params>, z.output<Query>, z.output<Body>>): Promise<HttpAnswer>;
}

/** What a handler gets: who calls, whose rows it is about, and input that fits the schemas. */
export interface ManagementCall<Params, Query, Body> {
  keywright: Keywright;
  actor: Actor;
  /** A tenant's rows on routes of admins, else the actor's own. */
  reach: Reach;
  params: Params;
  query: Query;
  body: Body;
}

const tenantQuery = z.strictObject({
  tenantId: hostId.optional().meta({ description: "Another tenant than one's own; for operators alone." }),
});

/**
 * Makes a route of a definition. In this order: who calls (401), whether the role fits (403), the input (400), whether
 * it is a repetition, the handler. Whether a role fits is core's decision, taken here so that nobody learns from a 400
 * what a route accepts that is closed to them, nor from a repetition what it answered; the service takes it again.
 */
export function managementRoute<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
  definition: ManagementRoute<Params, Query, Body>,
): Route {
  const { params, query, body, caller, method, path, idempotent } = definition;
  const isAdmin = caller === 'admin';
  const wholeQuery = isAdmin ? query.extend(tenantQuery.shape) : query;
  return {
    ...definition,
    group: 'management',
    params: hasFields(params) ? params : undefined,
    query: hasFields(wholeQuery) ? wholeQuery : undefined,
    body: hasBody(body) ? body : undefined,
    errors: [...commonErrors(definition), ...definition.errors],
    async handle(call: RouteCall): Promise<HttpAnswer> {
      const actor = await call.actor();
      if (caller === 'operator') assertOperator(actor);
      const given = call.query();
      parseInput(wholeQuery, given); // of the whole query, so that it can say what was meant by a misspelt tenantId
      const { tenantId, ...rest } = given;
      const reach: Reach = isAdmin ? { of: 'tenant', tenantId } : own;
      authorise(actor, reach, method === 'GET' ? 'read' : 'write');
      const sent = await sentBody(call, definition);
      const input = {
        params: parseInput(params, call.params),
        query: parseInput(query, isAdmin ? rest : given),
        body: parseInput(body, sent),
      };
      const work = () => definition.handle({ keywright: call.keywright, actor, reach, ...input });
      if (!idempotent) return work();
      return answerOnce(
        call,
        actor,
        { route: `${method} ${path}`, params: call.params, query: given, body: sent },
        work,
      );
    },
  };
}

function hasFields(schema: z.ZodObject): boolean {
  return Object.keys(schema.shape).length > 0;
}

function hasBody(schema: z.ZodType): boolean {
  return !(schema instanceof z.ZodUndefined);
}

async function sentBody(
  call: RouteCall,
  { body, bodyIsOptional }: Pick<Route, 'bodyIsOptional'> & { body: z.ZodType },
): Promise<unknown> {
  if (!hasBody(body)) return undefined;
  const sent = await call.json();
  return sent === undefined && bodyIsOptional ? {} : sent;
}

/** Every one of them refuses a query that it does not know. */
function commonErrors({
  caller,
  body,
  idempotent,
}: Pick<ManagementRoute<z.ZodObject, z.ZodObject, z.ZodType>, 'caller' | 'body' | 'idempotent'>): ErrorCode[] {
  return [
    'validation_failed',
    'unauthenticated',
    ...(caller === 'user' ? [] : (['forbidden'] as const)),
    ...(hasBody(body) ? (['body_too_large', 'unsupported_media_type'] as const) : []),
    ...(idempotent ? (['idempotency_conflict', 'idempotency_in_progress'] as const) : []),
    'storage_unavailable',
    'schema_mismatch',
    'internal_error',
  ];
}
