import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamReader } from '../../src/chat-completions/event-stream.ts';

const event = (data: unknown) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const delta = (content: string) => event({ choices: [{ index: 0, delta: { content } }] });
const usage = event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 } });
const done = event('[DONE]');

/** Feeds a stream cut at the given places; what went on, and the reader after it. */
function read(stream: string, cuts: number[] = [], passUsage = false) {
  const bytes = Buffer.from(stream);
  const reader = new EventStreamReader(passUsage);
  const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].sort((a, b) => a - b);
  const pieces = places.slice(1).flatMap((end, index) => reader.push(bytes.subarray(places[index], end)) ?? []);
  pieces.push(...reader.end());
  const passed = Buffer.concat(pieces.flatMap((piece) => (piece.kind === 'pass' ? [piece.bytes] : []))).toString();
  return { passed, reader, errors: pieces.flatMap((piece) => (piece.kind === 'error' ? [piece.error] : [])) };
}

/** Without blank lines: one more of them makes no difference to anybody. */
const linesOf = (stream: string) => stream.split(/[\r\n]+/).filter(Boolean);

describe('reading a stream in passing', () => {
  it('passes everything but the usage that the caller did not ask for', () => {
    const { passed, reader } = read(delta('hi') + usage + done);
    expect(passed).toBe(delta('hi') + done);
    expect(reader).toMatchObject({ usage: { inputTokens: 3, outputTokens: 5 }, events: 1 });
  });

  it('passes the usage that the caller asked for', () => {
    expect(read(delta('hi') + usage + done, [], true).passed).toBe(delta('hi') + usage + done);
  });

  it('passes usage that comes with content', () => {
    const last = event({ choices: [{ delta: { content: 'x' } }], usage: { prompt_tokens: 1, completion_tokens: 1 } });
    expect(read(last).passed).toBe(last);
  });

  it('reads the same wherever the network cuts the stream', () => {
    const stream = `: comment\n\n${delta('größe "usage": 5 [DONE] 😀')}${delta('b')}${usage}${done}`;
    const whole = read(stream);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), (cuts) => {
        const cut = read(stream, cuts);
        expect(cut.passed).toBe(whole.passed);
        expect(cut.reader.usage).toEqual({ inputTokens: 3, outputTokens: 5 });
        expect(cut.reader.events).toBe(whole.reader.events);
      }),
    );
  });

  it('is not deceived by what a model says', () => {
    const lies = delta('"usage":{"completion_tokens":0}') + delta('data: [DONE]') + delta('{"error":{"message":"x"}}');
    const { passed, reader, errors } = read(lies);
    expect(passed).toBe(lies);
    expect(reader.usage).toBeUndefined();
    expect(reader.events).toBe(3);
    expect(errors).toEqual([]);
  });

  it('takes an error event out', () => {
    const { passed, errors } = read(delta('a') + event({ error: { message: 'cut', code: '500' } }));
    expect(passed).toBe(delta('a'));
    expect(errors).toEqual([{ message: 'cut', code: '500' }]);
  });

  it('reads events that end in CR LF', () => {
    const stream = (delta('a') + usage + done).replaceAll('\n', '\r\n');
    expect(read(stream).reader.usage).toEqual({ inputTokens: 3, outputTokens: 5 });
  });

  it.each(['\n', '\r\n', '\r', '\r\n\n', '\n\r'])(
    'ends an event at a blank line, whatever ends lines: %j',
    (separator) => {
      const end = separator.length > 2 || separator === '\n\r' ? separator : separator.repeat(2);
      const stream = (delta('a') + usage + delta('b') + done).replaceAll('\n\n', end);
      const whole = read(stream);
      expect(whole.reader).toMatchObject({ usage: { inputTokens: 3, outputTokens: 5 }, events: 2 });
      expect(whole.passed).toBe((delta('a') + delta('b') + done).replaceAll('\n\n', end));
      for (let cut = 1; cut < stream.length; cut++)
        expect(linesOf(read(stream, [cut]).passed)).toEqual(linesOf(whole.passed));
    },
  );

  it('passes an event that ends in CR LF as soon as it is whole', () => {
    const reader = new EventStreamReader(false);
    expect(reader.push(Buffer.from('data: a\r\n\r\n'))).toEqual([
      { kind: 'pass', bytes: Buffer.from('data: a\r\n\r\n') },
    ]);
  });

  it('keeps real usage when an empty one follows, and reads usage however it is spaced', () => {
    expect(read(usage + event({ choices: [], usage: {} })).reader.usage).toEqual({ inputTokens: 3, outputTokens: 5 });
    expect(read(event('{"choices":[], "usage" : {"prompt_tokens":1,"completion_tokens":2}}')).reader.usage).toEqual({
      inputTokens: 1,
      outputTokens: 2,
    });
  });

  it('reads an event of many pieces once, and gives up one of more than a mebibyte', () => {
    const reader = new EventStreamReader(true);
    const piece = Buffer.alloc(16, 97);
    const startedAt = performance.now();
    for (let index = 0; index < 65_000; index++) expect(reader.push(piece) === undefined).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    for (let index = 0; index < 600; index++) reader.push(piece);
    expect(reader.push(piece)).toBeUndefined();
  });

  it('passes what is not finished when the stream ends', () => {
    expect(read(`${delta('a')}data: {"cho`).passed).toBe(`${delta('a')}data: {"cho`);
  });

  it('counts chunks whose usage is null as content', () => {
    const chunk = event({ choices: [{ delta: { content: 'a' } }], usage: null });
    expect(read(chunk + chunk).reader).toMatchObject({ events: 2, usage: undefined });
  });
});
