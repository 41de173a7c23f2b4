import type { Actor, ErrorCode, Keywright } from '@keywright/core';
import type { z } from 'zod';
import type { DataPlaneCode } from './chat-completions/data-plane-codes.ts';
import type { HttpAnswer } from './http-message.ts';

/** Groups are mounted each under a prefix of its own, and differ in who calls and in the shape of their errors. */
export type RouteGroup = 'management' | 'data-plane' | 'operations';

/**
 * Who may call. `user`: everybody whom the host signs in, about what is theirs. `admin`: roles of the tenant, and
 * operators. `operator`: those of the platform alone. `api-key`: the holder of a key. `anyone`: no sign-in.
 */
export type RouteCaller = 'user' | 'admin' | 'operator' | 'api-key' | 'anyone';

/** One route as data: mounts, OpenAPI document, documentation and tests all read this. */
export interface Route {
  /** Unique; the operation id in the OpenAPI document. */
  name: string;
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the prefix of its group, parameters as `:name`. */
  path: string;
  group: RouteGroup;
  /** A second group under whose prefix the route is served as well. */
  alsoUnder?: RouteGroup | undefined;
  caller: RouteCaller;
  summary: string;
  description?: string | undefined;
  params?: z.ZodObject | undefined;
  query?: z.ZodObject | undefined;
  body?: z.ZodType | undefined;
  /** Whether the body may be left out, which stands for `{}`. */
  bodyIsOptional?: boolean | undefined;
  /** Whether a call with an `Idempotency-Key` is carried out once, and its repetitions get the answer of the first. */
  idempotent?: boolean | undefined;
  /** Body of each successful answer; null: it has none. A schema of a plain string stands for `text/plain`. */
  answers: Readonly<Record<number, z.ZodType | null>>;
  /** Whether a successful answer may be a stream of server-sent events instead. */
  streams?: boolean | undefined;
  /** Every code that a refusal may carry. */
  errors: readonly (ErrorCode | DataPlaneCode)[];
  /** Throws `KeywrightError` for refusals, which become the group's error shape. */
  handle(call: RouteCall): Promise<HttpAnswer>;
}

/** A call of a route, before its input is parsed. */
export interface RouteCall {
  keywright: Keywright;
  /** Decoded. */
  params: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string | undefined>>;
  ip: string | undefined;
  signal: AbortSignal;
  requestId: string;
  /** Decoded; no name twice. Throws `validation_failed`. */
  query(): Readonly<Record<string, string>>;
  /** Asks the host who calls. Throws `unauthenticated`. */
  actor(): Promise<Actor>;
  /**
   * Reads the body; undefined when it may be left out and was. Throws `validation_failed`, `body_too_large`,
   * `unsupported_media_type`.
   */
  json(): Promise<unknown>;
  host: RouteHost;
}

/** What the host gave for the routes of operations, and where failures are noted. */
export interface RouteHost {
  metrics?: (() => Promise<MetricsText>) | undefined;
  metricsToken?: string | undefined;
  document: () => Promise<OpenApiDocument>;
  /** Writes a line about this call; secrets are blanked. */
  note(message: string, fields: Record<string, unknown>): void;
}

/** Metrics as text, such as the Prometheus exporter of OpenTelemetry writes it. */
export interface MetricsText {
  contentType: string;
  body: string;
}

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description?: string | undefined };
  paths: Record<string, unknown>;
  components?: Record<string, unknown> | undefined;
  [extension: string]: unknown;
}
