import { ActionIcon } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Prediction } from '../../../src/index.ts';
import { ClassMark } from '../../components/ClassMark.tsx';
import { useSay } from '../../copy/use-say.ts';
import { rankedAnswers, type RankedAnswer } from '../../live/ranked.ts';
import { useProbability } from '../../live/use-probability.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { useApp } from '../../store/store.ts';
import styles from './UseStep.module.css';
import type { BatchRow } from './use-batch.ts';

/** More rows than this are in the download only. */
const MOST_ROWS = 200;

/** The best two answers of a prediction, with today's names. */
export function useBestAnswers(): (prediction: Prediction) => readonly RankedAnswer[] {
  const classes = useApp(({ project }) => project?.dataset.classes);
  const runs = useApp(({ project }) => project?.runs);
  return (prediction) => {
    const { speaker } = prediction;
    const then = speaker.kind === 'run' ? runs?.find(({ id }) => id === speaker.runId)?.classes : undefined;
    return rankedAnswers(prediction, classes ?? [], then ?? [], Infinity)
      .toSorted((a, b) => b.probability - a.probability)
      .slice(0, 2);
  };
}

/** One row per file. */
export function BatchTable({ rows }: { readonly rows: readonly BatchRow[] }) {
  const { t } = useTranslation('use');
  const rest = rows.length - MOST_ROWS;
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={t('batch.label')}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{t('batch.picture')}</span>
            </th>
            <th scope="col">{t('batch.file')}</th>
            <th scope="col">{t('batch.answer')}</th>
            <th scope="col" className={styles.number}>
              {t('batch.probability')}
            </th>
            <th scope="col">{t('batch.second')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, index) => (
            <Row key={`${index} ${row.path}`} row={row} />
          ))}
        </tbody>
      </table>
      {rest > 0 && <p className={styles.rest}>{t('batch.more', { count: rest })}</p>}
    </div>
  );
}

function Row({ row: { path, file, outcome } }: { readonly row: BatchRow }) {
  const { sayError } = useSay();
  return (
    <tr>
      <td>
        <FileCell file={file} />
      </td>
      <th scope="row">
        <span className={styles.name} title={path}>
          {path}
        </span>
      </th>
      {outcome.kind === 'done' && <Answers prediction={outcome.prediction} />}
      {outcome.kind === 'failed' && (
        <td colSpan={3} className={styles.failed}>
          {sayError(outcome.error)}
        </td>
      )}
      {outcome.kind === 'waiting' && <td colSpan={3} />}
    </tr>
  );
}

function Answers({ prediction }: { readonly prediction: Prediction }) {
  const say = useProbability();
  const [first, second] = useBestAnswers()(prediction);
  return (
    <>
      <td>
        {first !== undefined && (
          <span className={styles.named}>
            <ClassMark index={first.index} size="small" />
            <strong className={styles.name}>{first.name}</strong>
          </span>
        )}
      </td>
      <td className={styles.number}>{first !== undefined && say(first.probability)}</td>
      <td className={styles.second}>{second !== undefined && `${second.name} ${say(second.probability)}`}</td>
    </>
  );
}

function FileCell({ file }: { readonly file: File }) {
  const kind = useSampleKind();
  if (kind === 'text') return null;
  return kind === 'sound' ? <PlayFile file={file} /> : <FilePicture file={file} />;
}

/** Decoded by the browser only when somebody wants to hear it. It stops where its row goes. */
function PlayFile({ file }: { readonly file: File }) {
  const { t } = useTranslation('sound');
  const audio = useRef<HTMLAudioElement | null>(null);
  const stop = () => {
    if (audio.current === null) return;
    audio.current.pause();
    URL.revokeObjectURL(audio.current.src);
    audio.current = null;
  };
  useEffect(() => stop, []);
  const play = () => {
    stop();
    audio.current = new Audio(URL.createObjectURL(file));
    // A file that the browser cannot play is told by the engine in its row.
    audio.current.play().catch(() => undefined);
  };
  return (
    <ActionIcon variant="default" size={40} aria-label={t('play', { name: file.name })} onClick={play}>
      <IconPlayerPlay size={18} stroke={1.6} />
    </ActionIcon>
  );
}

/** The file itself, decoded by the browser only when it is in sight. */
function FilePicture({ file }: { readonly file: File }) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(file);
    image.current?.setAttribute('src', url);
    return () => URL.revokeObjectURL(url);
  }, [file]);
  return (
    <img
      ref={image}
      className={styles.thumb}
      alt=""
      loading="lazy"
      decoding="async"
      onError={(event) => event.currentTarget.removeAttribute('src')}
    />
  );
}
