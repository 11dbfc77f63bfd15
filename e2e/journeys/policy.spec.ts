/** @file What the page may not do, tried from within: it must be the browser that says no, not the page's good manners. */
import { expect, test } from '../fixtures.ts';

test.use({
  expectedErrors: [/Content Security Policy|violates the following|request: https:\/\/elsewhere\.invalid/],
});

test('no script or style that is not a file of the site, and no connection to elsewhere', async ({
  graft,
  page,
}) => {
  const response = await page.goto('/');
  const policy = response?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'/);
  await graft.ready();
  const tried = await page.evaluate(async () => {
    const broken: string[] = [];
    addEventListener('securitypolicyviolation', ({ effectiveDirective }) => broken.push(effectiveDirective));
    const host = globalThis as { canary?: boolean };
    const script = document.createElement('script');
    script.textContent = 'globalThis.canary = true';
    const style = document.createElement('style');
    style.textContent = 'body { outline: 7px solid red }';
    document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="globalThis.canary = true">');
    document.body.append(script, style);
    const connected = await fetch('https://elsewhere.invalid/').then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { broken, connected, ran: host.canary === true, outline: getComputedStyle(document.body).outline };
  });
  expect(tried.ran).toBe(false);
  expect(tried.connected).toBe(false);
  expect(tried.outline).not.toContain('7px');
  expect(new Set(tried.broken)).toEqual(
    new Set(['script-src-elem', 'script-src-attr', 'style-src-elem', 'connect-src']),
  );
});
