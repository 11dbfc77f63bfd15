import type { Rng } from '../../core/rng.ts';

/** Values that a careless reader stumbles over. */
const STRIKING: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 31,
  2 ** 53,
  0.5,
  '',
  'x',
  '__proto__',
  'constructor',
  '../../../etc/passwd',
  'javascript:alert(1)',
  '9'.repeat(400),
  'a'.repeat(5000),
  [],
  {},
  [[[[]]]],
  [-1, 2 ** 31],
  { __proto__: null, toString: 'x' },
];

type Container = Record<string, unknown> | unknown[];

/** One change somewhere in a JSON value. A fresh copy. */
export function mutateJson(json: unknown, rng: Rng): unknown {
  const copy = structuredClone(json);
  const containers: Container[] = [];
  collect(copy, containers);
  const filled = containers.filter((one) => Object.keys(one).length > 0);
  if (filled.length === 0) return STRIKING[rng.below(STRIKING.length)];
  const target = filled[rng.below(filled.length)] as Record<string, unknown>;
  const keys = Object.keys(target);
  const key = keys[rng.below(keys.length)] as string;
  switch (rng.below(6)) {
    case 0:
      if (Array.isArray(target)) target.splice(Number(key), 1);
      else Reflect.deleteProperty(target, key);
      break;
    case 1: {
      const other = keys[rng.below(keys.length)] as string;
      [target[key], target[other]] = [target[other], target[key]];
      break;
    }
    case 2: {
      // Something from elsewhere in the model: names that point to the wrong node, lists of another kind.
      const source = filled[rng.below(filled.length)] as Record<string, unknown>;
      const names = Object.keys(source);
      target[key] = structuredClone(source[names[rng.below(names.length)] as string]);
      break;
    }
    case 3:
      if (Array.isArray(target)) target.push(structuredClone(target[Number(key)]));
      else target[`${key}_`] = target[key];
      break;
    default:
      target[key] = STRIKING[rng.below(STRIKING.length)];
  }
  return copy;
}

function collect(value: unknown, into: Container[]): void {
  if (typeof value !== 'object' || value === null) return;
  into.push(value as Container);
  for (const item of Object.values(value)) collect(item, into);
}
