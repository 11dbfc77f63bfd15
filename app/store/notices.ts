import { toErrorData, type ErrorCode, type ErrorData } from '../../src/index.ts';
import type { Message, Notice, NoticeAction } from './state.ts';
import { getState, setState } from './store.ts';

/** More than this many at once and nobody reads any: the oldest goes. */
const MOST_NOTICES = 4;

/** What is offered with an error that the person cannot mend otherwise. */
const WAYS_BACK: Partial<Record<ErrorCode, NoticeAction>> = {
  'device-lost': 'restart-engine',
  'version-mismatch': 'reload-page',
};

/** What the person asked for is no failure. */
const ASKED_FOR: readonly ErrorCode[] = ['stopped-early'];

interface NoticeOptions {
  readonly tone?: Notice['tone'];
  readonly action?: NoticeAction;
  readonly sticky?: boolean;
}

/** Says a sentence of the catalogues. */
export function notify(message: Message, options: NoticeOptions = {}): string {
  return push({ message }, { tone: 'info', ...options });
}

/** Says what failed, from its code. `subject` is what it happened to: a file, a picture, a model. */
export function notifyError(
  thrown: unknown,
  options: NoticeOptions & { readonly subject?: string } = {},
): string {
  const { subject, ...rest } = options;
  const error: ErrorData = isErrorData(thrown) ? thrown : toErrorData(thrown);
  if (error.code === 'worker-died') {
    // Once it is gone, the banner of the shell says it already.
    return getState().engine.status === 'starting' ? notify({ key: 'common:notices.starting' }) : '';
  }
  const action = WAYS_BACK[error.code];
  return push(subject === undefined ? { error } : { error, subject }, {
    tone: ASKED_FOR.includes(error.code) ? 'info' : 'error',
    ...(action && { action }),
    ...rest,
  });
}

export function dismissNotice(id: string): void {
  setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** A way back is offered only until the next change: after it, undo would take back something else. */
export function dismissUndoNotices(): void {
  setState(({ notices }) => {
    const left = notices.filter(({ action }) => action !== 'undo');
    return left.length === notices.length ? {} : { notices: left };
  });
}

function push(body: Notice['body'], options: NoticeOptions & { readonly tone: Notice['tone'] }): string {
  const id = crypto.randomUUID();
  const notice: Notice = {
    id,
    tone: options.tone,
    body,
    sticky: options.sticky ?? (options.tone === 'error' || options.action !== undefined),
    ...(options.action && { action: options.action }),
  };
  setState(({ notices }) => {
    const others = notices.filter((other) => JSON.stringify(other.body) !== JSON.stringify(body));
    return { notices: [...others, notice].slice(-MOST_NOTICES) };
  });
  return id;
}

function isErrorData(value: unknown): value is ErrorData {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Error) &&
    'code' in value &&
    'message' in value
  );
}
