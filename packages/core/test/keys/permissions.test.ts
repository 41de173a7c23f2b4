import { builtInPermissions, defaultPermissions, isPermitted } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { permission } from '../../src/keys/permissions.ts';

describe('isPermitted', () => {
  it.each([
    [['llm:chat'], 'llm:chat', true],
    [['llm:chat'], 'llm:embeddings', false],
    [['llm:*'], 'llm:embeddings', true],
    [['llm:*'], 'reports:read', false],
    [['llm:*'], 'llmx:chat', false],
    [['llmx:*'], 'llm:chat', false],
    [['*'], 'reports:read', true],
    [['reports:read', 'llm:*'], 'llm:models', true],
    [[], 'llm:chat', false],
    [['llm:chat'], 'llm:*', false],
    [['llm:cha'], 'llm:chat', false],
    [['llm:chat'], 'llm:cha', false],
  ])('%j for %s is %s', (granted, wanted, isAllowed) => {
    expect(isPermitted(granted, wanted)).toBe(isAllowed);
  });

  it('gives nothing of a namespace for a word without one', () => {
    expect(isPermitted(['llm:*'], 'llmx')).toBe(false);
    expect(isPermitted(['admin:*'], 'admin')).toBe(false);
    expect(isPermitted(['*'], 'admin')).toBe(true);
  });

  it('lets a key without permissions of its own do everything that is built in', () => {
    for (const wanted of builtInPermissions) expect(isPermitted(defaultPermissions, wanted)).toBe(true);
    expect(isPermitted(defaultPermissions, 'reports:read')).toBe(false);
  });
});

describe('permission', () => {
  it.each(['*', 'llm:*', 'llm:chat', 'my-app:read-all', 'a1:b2'])('takes %s', (text) => {
    expect(permission.safeParse(text).success).toBe(true);
  });

  it.each([
    '',
    ':',
    'llm',
    'llm:',
    ':chat',
    '*:chat',
    '**',
    'LLM:chat',
    'llm:chat:x',
    'llm: chat',
    'llm:chat\n',
    '1a:b',
    `a:${'b'.repeat(99)}`,
  ])('refuses %j', (text) => {
    expect(permission.safeParse(text).success).toBe(false);
  });
});
