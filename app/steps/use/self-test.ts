/** @file An exported page is run as whoever gets it will run it: by itself, cut off from this one. */

export interface SelfTestResult {
  readonly checked: number;
  readonly agreeing: number;
}

/** Opening a model on a slow machine takes a while; a page that says nothing by then has not started, ms. */
const PATIENCE_MS = 60_000;

/**
 * Shows the page in a frame that shares nothing with this one, until it has said what it found about itself.
 * @returns `null` if it says nothing.
 */
export async function runSelfTest(page: Blob): Promise<SelfTestResult | null> {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.style.cssText = 'position:fixed;inset:auto 0 0 auto;width:1px;height:1px;border:0;visibility:hidden';
  frame.tabIndex = -1;
  frame.setAttribute('aria-hidden', 'true');
  frame.srcdoc = await page.text();
  try {
    return await new Promise<SelfTestResult | null>((resolve) => {
      const listen = ({ source, data }: MessageEvent) => {
        if (source !== frame.contentWindow || !isSelfTest(data)) return;
        end({ checked: data.checked, agreeing: data.agreeing });
      };
      const timer = setTimeout(() => end(null), PATIENCE_MS);
      const end = (result: SelfTestResult | null) => {
        clearTimeout(timer);
        removeEventListener('message', listen);
        resolve(result);
      };
      addEventListener('message', listen);
      document.body.append(frame);
    });
  } finally {
    frame.remove();
  }
}

function isSelfTest(data: unknown): data is SelfTestResult {
  const message = data as Partial<Record<string, unknown>> | null;
  return (
    typeof message === 'object' &&
    message?.['graft'] === 'self-test' &&
    typeof message['checked'] === 'number' &&
    typeof message['agreeing'] === 'number'
  );
}
