import { generateSecret } from '@keywright/core';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { linesOf, runHere } from './support/run-here.ts';

// fast-check builds its tables of characters at first use, which takes seconds on a busy machine
vi.setConfig({ testTimeout: 60_000 });

async function inspect(text: string) {
  const { code, stdout, stderr } = await runHere(['keys', 'inspect', '-', '--json'], { input: `${text}\n` });
  return { code, stderr, stdout, found: JSON.parse(stdout) };
}

describe('offline', () => {
  test('a secret of ours: format, brand, checksum, prefix and token id, but never the secret', async () => {
    const secret = generateSecret('my_brand');
    const { code, found, stdout, stderr } = await inspect(secret.reveal());
    expect(code).toBe(0);
    expect(found).toMatchObject({
      kind: 'secret',
      format: 'kw',
      brand: 'my_brand',
      checksum: 'ok',
      prefix: secret.prefix,
      tokenId: secret.hash,
      lookedUp: false,
    });
    expect(stdout + stderr).not.toContain(secret.reveal());
  });

  test('a secret with a slip of the pen has a wrong checksum, and exit code 1', async () => {
    const text = generateSecret().reveal();
    const { code, found, stdout, stderr } = await inspect(text.slice(0, -1) + (text.endsWith('a') ? 'b' : 'a'));
    expect(code).toBe(1);
    expect(found).toMatchObject({ kind: 'secret', checksum: 'wrong' });
    expect(stdout + stderr).not.toContain(text.slice(0, -1));
  });

  test("LiteLLM's own format", async () => {
    const { code, found } = await inspect('sk-aaaaaaaaaaaaaaaaaaaaaa');
    expect(code).toBe(0);
    expect(found).toMatchObject({ kind: 'secret', format: 'litellm', brand: null, checksum: null, prefix: 'sk-aaaa' });
  });

  test.each([
    ['prefix', 'sk-kw_4Kp2'],
    ['token-id', 'AB'.repeat(32)],
    ['key-id', '01997b1e-0000-7000-8000-000000000000'],
  ])('a %s', async (kind, text) => {
    const { code, found } = await inspect(text);
    expect(code).toBe(0);
    expect(found.kind).toBe(kind);
  });

  test('an argument does as well as stdin', async () => {
    const { code, stdout } = await runHere(['keys', 'inspect', 'sk-kw_4Kp2']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/kind: +prefix/);
  });

  test('nothing at all is wrong usage', async () => {
    const { code, stderr } = await runHere(['keys', 'inspect', '-'], { input: ' \n' });
    expect(code).toBe(2);
    expect(stderr).toContain('<text>');
  });

  test('whatever comes is described in lines of printable text, or refused in one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (input) => {
        const { code, stdout, stderr } = await runHere(['keys', 'inspect', '-'], { input });
        expect([0, 1, 2]).toContain(code);
        expect(linesOf(stderr).length).toBe(code === 0 ? 0 : 1);
        for (const line of linesOf(stdout)) expect(line).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
