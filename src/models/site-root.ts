/**
 * The folder of index.html, with a slash at its end. The engine may run in a worker, which does not know the page's
 * address: the development server serves the root, and a built site has all scripts in a folder `assets/` below it.
 */
export function siteRoot(): URL {
  const fromHere = import.meta.env.DEV ? '/' : '../';
  return new URL(fromHere, import.meta.url);
}
