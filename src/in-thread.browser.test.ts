import { expect, it } from 'vitest';
import { createInThreadClient } from './in-thread.ts';

it('answers on the page’s own thread through the same client, and ends with it', async () => {
  const client = createInThreadClient();
  const cards = await client.call('models.list', {});
  expect(cards.map(({ id }) => id)).toContain('mobilenet-v3-small');
  await expect(client.call('runs.activate', { runId: 'none' })).rejects.toMatchObject({ code: 'not-found' });
  client.close();
  await expect(client.call('models.list', {})).rejects.toMatchObject({ code: 'cancelled' });
});
