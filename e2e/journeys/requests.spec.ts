/** @file Nothing is asked of anybody once the page is set up: counted at the host, not in the page. */
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createStaticServer, listen } from '../../scripts/static-server.mjs';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

let server: Server;
let address: string;
const asked: string[] = [];

test.beforeEach(async () => {
  server = createStaticServer({ root: fileURLToPath(new URL('../../dist', import.meta.url)) });
  server.on('request', ({ url }) => asked.push(url ?? ''));
  address = `http://localhost:${String(await listen(server, 0))}/`;
});
test.afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
// The fixture counts whatever does not go to the usual host as foreign; here the host is another.
test.use({ expectedErrors: [/^request: http:\/\/localhost:/] });

test('from the sample set to a live answer without one request, and the page lists those before', async ({
  graft,
  page,
}) => {
  await graft.open(address);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  expect(asked.length).toBeGreaterThan(20);
  asked.length = 0;

  await graft.prepare.open();
  await graft.prepare.takeSampleSet();
  await graft.fineTune.open();
  await graft.fineTune.teach();
  await graft.evaluate.open();
  expect((await graft.evaluate.score()).total).toBeGreaterThan(20);
  await graft.live.startCamera();
  expect(await graft.live.answers()).toHaveLength(4);
  // The browser itself looks whether there is a new version of the service worker; the page has no part in that.
  expect(asked.filter((path) => path !== '/service-worker.js')).toEqual([]);

  await page.getByRole('button', { name: graft.say('common:header.help') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(graft.say('common:help.requestsTitle')).click();
  const model = dialog.getByRole('row').filter({ hasText: 'mobilenet-v3-small/model.safetensors' });
  await expect(model.first()).toContainText('1.9 MB');
  await expect(model.first()).toContainText(graft.say('common:help.requestsPurposes.model'));
  await expect(dialog.getByText(/, 0 to other sites/)).toBeVisible();
  await expectAccessible(page, 'the list of requests');
});
