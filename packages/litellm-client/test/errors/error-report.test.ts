import { describe, expect, test } from 'vitest';
import { readErrorReport } from '../../src/errors/error-report.ts';

describe('readErrorReport', () => {
  test.each([
    [
      'E1',
      { error: { message: 'Key not found.', type: 'not_found_error', param: 'key', code: '404' } },
      { message: 'Key not found.', type: 'not_found_error', param: 'key', code: 404 },
    ],
    [
      'E1 with the word None for type and param',
      { error: { message: 'no', type: 'None', param: 'None', code: '400' } },
      { message: 'no', type: null, param: null, code: 400 },
    ],
    [
      'E1 with a Python repr',
      { error: { message: "{'error': 'User with id x already exists'}", type: 'internal_server_error', code: '409' } },
      { message: 'User with id x already exists', type: 'internal_server_error', param: null, code: 409 },
    ],
    [
      'E1 with a Python repr in double quotes',
      { error: { message: `{'error': "Invalid budget_duration ''. Use '1h'."}`, type: 'invalid_request_error' } },
      { message: "Invalid budget_duration ''. Use '1h'.", type: 'invalid_request_error', param: null, code: null },
    ],
    ['E1 as bare text', { error: 'broken' }, { message: 'broken', type: null, param: null, code: null }],
    ['E2 as text', { detail: 'not yours' }, { message: 'not yours', type: null, param: null, code: null }],
    ['E2 error', { detail: { error: 'no team' } }, { message: 'no team', type: null, param: null, code: null }],
    ['E2 message', { detail: { message: 'no' } }, { message: 'no', type: null, param: null, code: null }],
    [
      'E3, without the input',
      { detail: [{ loc: ['body', 'models'], msg: 'should be a list', type: 'list_type', input: 'sk-planted-secret' }] },
      { message: 'body.models: should be a list', type: 'validation_error', param: null, code: null },
    ],
    [
      'E4',
      { type: 'urn:litellm:error:key-not-found', title: 'Key not found', status: 404, detail: 'No such key' },
      { message: 'No such key', type: 'key-not-found', param: null, code: null },
    ],
    [
      'E4 with what is allowed',
      { type: 'urn:litellm:error:unknown-query-parameter', detail: 'Unknown: x', allowed: ['page', 'size'] },
      { message: 'Unknown: x (allowed: page, size)', type: 'unknown-query-parameter', param: null, code: null },
    ],
    [
      'E4 without detail',
      { type: 'urn:litellm:error:forbidden', title: 'Forbidden', status: 403 },
      { message: 'Forbidden', type: 'forbidden', param: null, code: null },
    ],
  ])('reads %s', (_, body, expected) => {
    expect(readErrorReport(body)).toEqual(expected);
  });

  test.each([
    undefined,
    null,
    '<html>502</html>',
    7,
    [],
    {},
    { message: 'x' },
    { error: 3 },
    { error: null },
    { detail: 1 },
  ])('does not take %j for an error of LiteLLM', (body) => {
    expect(readErrorReport(body)).toBeUndefined();
  });
});
