/** How long the browser may take to start the download before its URL is revoked, ms. */
const URL_LIFETIME_MS = 60_000;

/** Hands bytes to the person as a file. */
export function saveBlob(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), URL_LIFETIME_MS);
}
