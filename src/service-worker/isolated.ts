import workers from './worker-policy.json';

/** What a host would send to isolate the page; the three together are what browsers ask for. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/** The same response with the headers of cross-origin isolation, a script also with the policy of workers. Opaque responses cannot carry any and stay as they are. */
export function isolated(response: Response): Response {
  if (response.type === 'opaque' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  if (/javascript/.test(headers.get('Content-Type') ?? '')) {
    headers.set('Content-Security-Policy', workers.policy);
  }
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
