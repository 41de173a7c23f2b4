import { describe, expect, test } from 'vitest';
import { never, open } from './helpers/gateway.ts';
import { sendJson, startLocalServer } from './helpers/local-server.ts';

async function list(status: number, body: unknown) {
  const server = await startLocalServer((_, response) => sendJson(response, status, body));
  const models = await open({ baseUrl: server.url, retries: 0 }).models.list(never);
  return { models, server };
}

const deployment = (model_name: string, model_info: object) => ({ model_name, litellm_params: {}, model_info });

describe('the catalog of models', () => {
  test('has exact prices for a million tokens, and sizes', async () => {
    const info = {
      input_cost_per_token: 1.5e-7,
      output_cost_per_token: 6e-7,
      max_tokens: 16384,
      max_input_tokens: 128000,
      max_output_tokens: 16384,
    };
    const { models, server } = await list(200, { data: [deployment('gpt', info), deployment('bare', {})] });
    expect(models).toEqual([
      {
        name: 'gpt',
        inputCostPerMillion: 150_000_000n,
        outputCostPerMillion: 600_000_000n,
        maxInputTokens: 128000,
        maxOutputTokens: 16384,
      },
      {
        name: 'bare',
        inputCostPerMillion: null,
        outputCostPerMillion: null,
        maxInputTokens: null,
        maxOutputTokens: null,
      },
    ]);
    expect(server.seen.map((request) => request.url)).toEqual(['/model/info']);
  });

  test('has one entry for a name: the dearest price and the smallest size of its deployments', async () => {
    const { models } = await list(200, {
      data: [
        deployment('pair', { input_cost_per_token: 0.001, max_input_tokens: 100 }),
        deployment('other', {}),
        deployment('pair', { input_cost_per_token: 0.002, output_cost_per_token: 0, max_input_tokens: 50 }),
      ],
    });
    expect(models.map((model) => model.name)).toEqual(['pair', 'other']);
    expect(models[0]).toEqual({
      name: 'pair',
      inputCostPerMillion: 2_000_000_000_000n,
      outputCostPerMillion: 0n,
      maxInputTokens: 50,
      maxOutputTokens: null,
    });
  });

  test('is empty when LiteLLM has no model', async () => {
    const error = {
      message: "{'error': 'LLM Model List not loaded in. Make sure you passed models'}",
      type: 'None',
      code: '500',
    };
    expect((await list(500, { error })).models).toEqual([]);
  });

  test('is gateway_unavailable when LiteLLM does not answer', async () => {
    await expect(list(503, { error: { message: 'x' } })).rejects.toMatchObject({ code: 'gateway_unavailable' });
  });
});
