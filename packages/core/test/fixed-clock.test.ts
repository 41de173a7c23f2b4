import { withDeadline } from '@keywright/core';
import { FixedClock } from '@keywright/core/testing';
import { describe, expect, it } from 'vitest';

describe('FixedClock', () => {
  it('stands still until it is moved', () => {
    const clock = new FixedClock('2030-01-01T00:00:00Z');
    expect(clock.now()).toBe(Date.parse('2030-01-01T00:00:00Z'));
    clock.advance(1500);
    expect(clock.now()).toBe(Date.parse('2030-01-01T00:00:01.500Z'));
    clock.set('2031-01-01T00:00:00Z');
    expect(clock.now()).toBe(Date.parse('2031-01-01T00:00:00Z'));
  });

  it('runs what is due in the order of its times, each at its own time', () => {
    const clock = new FixedClock(new Date(0));
    const ran: [string, number][] = [];
    const note = (name: string) => () => ran.push([name, clock.now()]);
    clock.after(20, note('second'));
    clock.after(10, note('first'));
    clock.after(20, note('third'));
    clock.after(31, note('later'));
    clock.advance(30);
    expect(ran).toEqual([
      ['first', 10],
      ['second', 20],
      ['third', 20],
    ]);
    expect(clock.now()).toBe(30);
    expect(clock.pendingTimers).toBe(1);
  });

  it('runs what is asked for while it moves, when that is due too', () => {
    const clock = new FixedClock(new Date(0));
    const ran: number[] = [];
    const repeat = () => {
      ran.push(clock.now());
      clock.after(10, repeat);
    };
    clock.after(10, repeat);
    clock.advance(35);
    expect(ran).toEqual([10, 20, 30]);
  });

  it('does not run what was cancelled, nor anything twice', () => {
    const clock = new FixedClock();
    let count = 0;
    const cancel = clock.after(10, () => count++);
    clock.after(10, () => count++);
    cancel();
    clock.advance(10);
    clock.advance(10);
    expect(count).toBe(1);
  });

  it('drives deadlines', async () => {
    const clock = new FixedClock();
    let wasAborted = false;
    await withDeadline(clock, 100, async (signal) => {
      clock.advance(99);
      expect(signal.aborted).toBe(false);
      clock.advance(1);
      wasAborted = signal.aborted;
    });
    expect(wasAborted).toBe(true);
    await expect(withDeadline(clock, 100, () => Promise.reject(new Error('early')))).rejects.toThrow('early');
    expect(clock.pendingTimers).toBe(0);
  });
});
