import { expect, it } from 'vitest';
import { shortName, withoutCommonPath } from './short-name.ts';

it.each([
  ['features.4', 20, 'features.4'],
  ['flat#231', 20, 'flat'],
  ['model/encoder/stages.3/layer.47/attention', 20, 'model/….47/attention'],
  ['🌱'.repeat(30), 5, '🌱…🌱🌱🌱'],
])('%s in %i letters is %s', (name, most, short) => {
  expect(shortName(name, most)).toBe(short);
  expect(Array.from(shortName(name, most)).length).toBeLessThanOrEqual(most);
});

it('leaves the path away that all names share, but no part of a name', () => {
  expect(withoutCommonPath(['net/a/x.1', 'net/a/x.12', 'net/a/y'])).toEqual(['x.1', 'x.12', 'y']);
  expect(withoutCommonPath(['layer1', 'layer2'])).toEqual(['layer1', 'layer2']);
  expect(withoutCommonPath(['only/one'])).toEqual(['only/one']);
});
