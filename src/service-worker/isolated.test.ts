import { expect, test } from 'vitest';
import { isolated } from './isolated.ts';

test('adds the isolation headers and keeps everything else', async () => {
  const response = isolated(
    new Response('body', {
      status: 206,
      statusText: 'Partial',
      headers: { 'Content-Type': 'application/wasm' },
    }),
  );
  expect(Object.fromEntries(response.headers)).toEqual({
    'content-type': 'application/wasm',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect([response.status, response.statusText, await response.text()]).toEqual([206, 'Partial', 'body']);
});

test('a network error stays one', () => {
  const error = Response.error();
  expect(isolated(error)).toBe(error);
});

test('a script carries the policy of workers, because a static host sends none', () => {
  const script = new Response('', { headers: { 'Content-Type': 'text/javascript; charset=utf-8' } });
  expect(isolated(script).headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'/);
});
