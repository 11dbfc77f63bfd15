import { Button } from '@mantine/core';
import { IconDownload, IconFolder, IconPhotoPlus } from '@tabler/icons-react';
import { useRef, type ChangeEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ACCEPT } from '../../capture/accept.ts';
import { foundInList } from '../../capture/walk-drop.ts';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { toCsv } from '../../components/csv.ts';
import { saveBlob } from '../../components/save-blob.ts';
import { useSay } from '../../copy/use-say.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { BatchTable, useBestAnswers } from './BatchTable.tsx';
import styles from './UseStep.module.css';
import type { Batch as BatchState } from './use-batch.ts';

/** Several pictures to a table of answers. */
export function Batch({ batch }: { readonly batch: BatchState }) {
  const { t } = useTranslation('use');
  const { rows, answered, running, startedAtMs, start, cancel, clear } = batch;
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const download = useDownload();
  const kind = useSampleKind();
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const picked = [...(event.currentTarget.files ?? [])];
    event.currentTarget.value = '';
    void foundInList(picked).then((found) => {
      if (found.length > 0) start(found);
    });
  };
  const failed = rows.filter(({ outcome }) => outcome.kind === 'failed').length;
  const progress = batchProgress(answered, rows.length, startedAtMs);
  return (
    <section className={styles.section} aria-labelledby="batch-title">
      <h2 id="batch-title" className={styles.title}>
        {t('batch.title')}
      </h2>
      <p className={styles.lead}>{t('batch.lead')}</p>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        accept={ACCEPT[kind]}
        data-testid="batch-files"
        onChange={take}
      />
      <input
        ref={(input) => {
          folder.current = input;
          if (input !== null) input.webkitdirectory = true;
        }}
        type="file"
        hidden
        multiple
        onChange={take}
      />
      <div className={styles.buttons}>
        <Button
          variant="default"
          leftSection={<IconPhotoPlus size={18} stroke={1.6} aria-hidden />}
          onClick={() => files.current?.click()}
        >
          {t('batch.choose')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconFolder size={18} stroke={1.6} aria-hidden />}
          onClick={() => folder.current?.click()}
        >
          {t('batch.chooseFolder')}
        </Button>
        {rows.length > 0 && !running && (
          <>
            <Button
              variant="default"
              leftSection={<IconDownload size={18} stroke={1.6} aria-hidden />}
              onClick={() => download(rows)}
            >
              {t('batch.download')}
            </Button>
            <Button variant="subtle" onClick={clear}>
              {t('batch.clear')}
            </Button>
          </>
        )}
      </div>
      {running && <ProgressRow label={t('batch.progress')} unit="pictures" {...progress} onCancel={cancel} />}
      {rows.length > 0 && !running && (
        <p role="status" className={styles.lead}>
          {t('batch.done', { count: answered - failed })} {failed > 0 && t('batch.failed', { count: failed })}
        </p>
      )}
      {rows.length > 0 && <BatchTable rows={rows} />}
    </section>
  );
}

function batchProgress(done: number, total: number, startedAtMs: number) {
  const elapsedMs = Date.now() - startedAtMs;
  if (done === 0) return { done, total, rate: null, remainingMs: null };
  return { done, total, rate: (done * 1000) / elapsedMs, remainingMs: ((total - done) * elapsedMs) / done };
}

/** All rows as a file, with the probability of the best two answers. */
function useDownload(): (rows: BatchState['rows']) => void {
  const { t } = useTranslation('use');
  const { sayError } = useSay();
  const best = useBestAnswers();
  return (rows) => {
    const head = [
      t('batch.file'),
      t('batch.answer'),
      t('batch.probability'),
      t('batch.second'),
      t('batch.probability'),
    ];
    const lines = rows.map(({ path, outcome }) => {
      if (outcome.kind === 'failed') return [path, '', '', '', '', sayError(outcome.error)];
      if (outcome.kind === 'waiting') return [path];
      return [
        path,
        ...best(outcome.prediction).flatMap(({ name, probability }) => [name, round(probability)]),
      ];
    });
    const csv = toCsv([[...head, t('batch.error')], ...lines]);
    saveBlob(new Blob(['\uFEFF', csv], { type: 'text/csv' }), t('batch.fileName'));
  };
}

function round(probability: number): number {
  return Math.round(probability * 10_000) / 10_000;
}
