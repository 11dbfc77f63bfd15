/** @file A file server for tests that speaks HTTP ranges and misbehaves on request. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does to one request; requests beyond the list are served well. */
export type Mischief =
  /** Sends this many bytes of the answer, then cuts the line. */
  | { readonly cutAfter: number }
  /** Sends this many bytes, then nothing more, but keeps the line open. */
  | { readonly stallAfter: number }
  | { readonly status: number }
  /** Flips a bit of the answer's byte at this index. */
  | { readonly corruptAt: number }
  /** Answers a range with the whole file. */
  | { readonly ignoreRange: true }
  | null;

export interface FlakyServer {
  readonly url: string;
  /** The `Range` header of each request, in order. */
  readonly ranges: (string | undefined)[];
  files: Record<string, { readonly bytes: Uint8Array; readonly etag: string }>;
  mischief: Mischief[];
  close(): Promise<void>;
}

/** Starts on a free port of this machine. */
export async function startFlakyServer(): Promise<FlakyServer> {
  const ranges: FlakyServer['ranges'] = [];
  const http = createServer((request, response) => {
    answer(server, request, response);
  });
  const server: FlakyServer = {
    url: '',
    ranges,
    files: {},
    mischief: [],
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { url: `http://127.0.0.1:${String((http.address() as AddressInfo).port)}` });
}

function answer(server: FlakyServer, request: IncomingMessage, response: ServerResponse): void {
  const { range } = request.headers;
  server.ranges.push(range);
  const mischief = server.mischief.shift() ?? null;
  const file = server.files[new URL(request.url ?? '/', server.url).pathname];
  if (mischief !== null && 'status' in mischief) {
    response.writeHead(mischief.status).end();
    return;
  }
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  const ignored = mischief !== null && 'ignoreRange' in mischief;
  const start = ignored ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  if (start >= file.bytes.byteLength) {
    response.writeHead(416, { 'Content-Range': `bytes */${String(file.bytes.byteLength)}` }).end();
    return;
  }
  const body = Buffer.from(file.bytes.subarray(start));
  const partial = start > 0 && {
    'Content-Range': `bytes ${String(start)}-${String(file.bytes.byteLength - 1)}/*`,
  };
  response.writeHead(partial ? 206 : 200, {
    ETag: file.etag,
    'Content-Length': body.byteLength,
    ...partial,
  });
  send(response, body, mischief);
}

function send(response: ServerResponse, body: Buffer, mischief: Mischief): void {
  if (mischief !== null && 'cutAfter' in mischief) {
    // Cut once the bytes are on their way, else the client may never see them.
    response.write(body.subarray(0, mischief.cutAfter), () => setTimeout(() => response.destroy(), 20));
  } else if (mischief !== null && 'stallAfter' in mischief) {
    response.write(body.subarray(0, mischief.stallAfter));
  } else {
    if (mischief !== null && 'corruptAt' in mischief) {
      body[mischief.corruptAt] = (body[mischief.corruptAt] ?? 0) ^ 1;
    }
    response.end(body);
  }
}
