import { expect, test } from 'vitest';
import { mergeRequests, purposeOf } from './requests.ts';

test.each([
  ['https://host/graft/assets/a.js', 'page'],
  ['https://host/graft/backbones/x/model.safetensors', 'model'],
  ['https://host/backbones/x/model.safetensors', 'page'],
  ['https://hub.example/model.onnx', 'elsewhere'],
])('%s is for: %s', (url, purpose) => {
  expect(purposeOf(url, 'https://host/graft/?step=use')).toBe(purpose);
});

test('requests of two threads are one list, newest first; those of one thread are not told twice', () => {
  const one = { url: 'https://host/a', startedAtMs: 1, bytes: 5, kept: false };
  const two = { ...one, startedAtMs: 2 };
  expect(mergeRequests([one], [two, one])).toEqual([two, one]);
});
