import type { Usage } from '../limits/admission.ts';

/** Usage as answers carry it. */
export function usageBody({ promptTokens, completionTokens }: Usage): Record<string, number> {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
