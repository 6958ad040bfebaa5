import type { Application } from './run.js';

/** `set NAME=VALUE`; without a value it unsets. */
export const set: Application = (channel, argument) => {
  assign(channel.variables, argument);
  return '_none_';
};

export const unset: Application = (channel, argument) => {
  channel.variables.set(argument.trim(), undefined);
  return '_none_';
};

/** `multiset A=1 B=2`, or with another separator: `multiset ^^;A=1;B=2`. */
export const multiset: Application = (channel, argument) => {
  for (const pair of separated(argument)) assign(channel.variables, pair);
  return '_none_';
};

interface Assignable {
  set(name: string, value: string | undefined): unknown;
}

function assign(variables: Assignable, pair: string): void {
  const equals = pair.indexOf('=');
  const name = (equals < 0 ? pair : pair.slice(0, equals)).trim();
  if (name !== '') variables.set(name, equals < 0 ? undefined : pair.slice(equals + 1));
}

/** FreeSWITCH's lists: separated by blanks, or by the character behind `^^`. */
function separated(text: string): string[] {
  const separator = text.startsWith('^^') ? text[2] : ' ';
  const list = text.startsWith('^^') ? text.slice(3) : text;
  return list.split(separator ?? ' ').filter((part) => part !== '');
}
