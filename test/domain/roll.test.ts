import { describe, expect, it } from 'vitest';
import { Roll } from '../../src/domain/roll.js';

describe('a roll', () => {
  it('knows who is there, and who has gone', () => {
    const roll = new Roll<string, { name: string }>();
    const a = { name: 'a' };
    roll.set('1a', a).set('2b', { name: 'b' });
    expect(roll.get('1a')).toBe(a);
    expect(roll.has('3c')).toBe(false);
    expect(roll.delete('1a')).toBe(true);
    expect(roll.delete('1a')).toBe(false);
    expect(roll.get('1a')).toBeUndefined();
    expect(roll.size).toBe(1);
  });

  it('counts one whose entry is replaced once', () => {
    const roll = new Roll<string, number>();
    roll.set('a', 1).set('a', 2);
    expect([roll.size, roll.get('a')]).toEqual([1, 2]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'size'])('takes %s for an id', (id) => {
    const roll = new Roll<string, number>();
    expect([roll.has(id), roll.get(id), roll.delete(id)]).toEqual([false, undefined, false]);
    roll.set(id, 1);
    expect([...roll]).toEqual([[id, 1]]);
    roll.delete(id);
    expect(roll.size).toBe(0);
  });

  it('tells who was there when it was asked, oldest first', () => {
    const roll = new Roll<string, number>();
    roll.set('c', 1).set('a', 2).set('b', 3);
    roll.delete('a');
    const told: string[] = [];
    roll.forEach((entry, id) => {
      roll.delete(id);
      roll.set(`${id}'`, entry);
      told.push(id);
    });
    expect(told).toEqual(['c', 'b']);
    expect(roll.keys()).toEqual(["c'", "b'"]);
  });
});
