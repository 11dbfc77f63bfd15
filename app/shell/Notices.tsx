import { Button, CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useSay } from '../copy/use-say.ts';
import { runNoticeAction } from '../store/notice-actions.ts';
import { dismissNotice } from '../store/notices.ts';
import type { Notice } from '../store/state.ts';
import { useApp } from '../store/store.ts';
import classes from './Notices.module.css';

/** Long enough to read two sentences. */
const SHOWN_MS = 7000;

const ICONS = {
  info: IconInfoCircle,
  good: IconCircleCheck,
  warn: IconAlertTriangle,
  error: IconAlertTriangle,
};

/** Short words to the person, newest at the bottom, above the page so that nothing jumps. */
export function Notices() {
  const { t } = useTranslation();
  const notices = useApp((state) => state.notices);
  return (
    <section className={classes.stack} aria-label={t('notices.label')} aria-live="polite">
      {notices.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeCard({ notice }: { readonly notice: Notice }) {
  const { t } = useTranslation();
  const { say, sayError } = useSay();
  const { id, tone, body, action, sticky } = notice;
  useEffect(() => {
    if (sticky) return;
    const timer = setTimeout(() => {
      dismissNotice(id);
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [id, sticky]);
  const Icon = ICONS[tone];
  return (
    <div className={classes.notice} data-tone={tone} role={tone === 'error' ? 'alert' : undefined}>
      <Icon className={classes.icon} size={20} stroke={1.8} aria-hidden />
      <p className={classes.text}>
        {'message' in body ? say(body.message.key, body.message.values) : sayErrorOf(body, sayError)}
      </p>
      {action !== undefined && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            dismissNotice(id);
            runNoticeAction(action);
          }}
        >
          {t(`notices.actions.${action}`)}
        </Button>
      )}
      <CloseButton
        size="sm"
        aria-label={t('close')}
        onClick={() => {
          dismissNotice(id);
        }}
      />
    </div>
  );
}

type ErrorBody = Extract<Notice['body'], { error: unknown }>;

function sayErrorOf(body: ErrorBody, sayError: (error: ErrorBody['error']) => string): string {
  const sentence = sayError(body.error);
  return body.subject === undefined ? sentence : `${body.subject}: ${sentence}`;
}
