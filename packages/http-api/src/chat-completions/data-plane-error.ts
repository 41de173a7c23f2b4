import { redactSecrets } from '@keywright/core';
import { z } from 'zod';
import { refusalHeaders } from '../errors/problem.ts';
import { type HttpAnswer, jsonAnswer } from '../http-message.ts';
import { type DataPlaneCode, dataPlaneCodes } from './data-plane-codes.ts';

/** A refusal of the data plane. */
export interface DataPlaneError {
  status: number;
  type: DataPlaneErrorType;
  code: DataPlaneCode;
  message: string;
  /** The field that was wrong. */
  param?: string | null;
  retryAfterSeconds?: number;
}

const types = [
  'invalid_request_error',
  'authentication_error',
  'permission_error',
  'rate_limit_error',
  'insufficient_quota',
  'api_error',
] as const;
export type DataPlaneErrorType = (typeof types)[number];

/** OpenAI's shape, so that its clients raise the errors that they know. */
export const dataPlaneErrorSchema = z
  .strictObject({
    error: z.strictObject({
      message: z.string(),
      type: z.enum(types),
      param: z.string().nullable(),
      code: z.enum(dataPlaneCodes).meta({ description: 'Stable: switch on this.' }),
    }),
  })
  .meta({ id: 'DataPlaneError', description: "An error in OpenAI's shape." });

export type DataPlaneErrorBody = z.output<typeof dataPlaneErrorSchema>;

/** Whatever a caller or a provider wrote may be quoted in a message, so secrets are blanked here. */
export function dataPlaneErrorBody({ message, type, param = null, code }: DataPlaneError): DataPlaneErrorBody {
  return {
    error: { message: redactSecrets(message), type, param: param === null ? null : redactSecrets(param), code },
  };
}

export function dataPlaneErrorAnswer(error: DataPlaneError): HttpAnswer {
  return jsonAnswer(error.status, dataPlaneErrorBody(error), {
    ...refusalHeaders(error, error.status),
    // OpenAI's clients repeat every 429 unless told not to, and a spent budget does not come back in a second
    ...(error.code === 'insufficient_quota' && { 'x-should-retry': 'false' }),
  });
}
