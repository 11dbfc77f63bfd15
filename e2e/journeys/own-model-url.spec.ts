import { createServer } from 'node:http';
import { onnxFile } from '../../src/testing/onnx/write-model.ts';
import { onnxNet } from '../../src/testing/own-models.ts';
import { test } from '../fixtures.ts';
import { OwnModelPage } from '../pages/own-model.ts';

test.use({ expectedErrors: [/^request: http:\/\/127\.0\.0\.1/] });
test('a model from an address that a person typed', async ({ graft, page }) => {
  const bytes = onnxFile(onnxNet());
  const server = createServer((_, response) => {
    response.writeHead(200, {
      'Access-Control-Allow-Origin': '*',
      'Content-Type': 'application/octet-stream',
    });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const own = new OwnModelPage(graft);
  await graft.open();
  await graft.goTo('choose');
  await page.getByRole('button', { name: graft.say('ownModel:card.name') }).click();
  await page.getByLabel(graft.say('ownModel:pick.urlLabel')).fill(`http://127.0.0.1:${port}/net.onnx`);
  await page.keyboard.press('Enter');
  await own.works();
  server.close();
});
