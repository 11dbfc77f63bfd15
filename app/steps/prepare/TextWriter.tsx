import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClassRecord } from '../../../src/index.ts';
import { isForeign } from '../../live/foreign.ts';
import styles from './CameraRecorder.module.css';
import { takePicked } from './import-flow.ts';

/** Texts of one class, typed or pasted: one a line. */
export function TextWriter({ record: { id, name } }: { readonly record: ClassRecord }) {
  const { t } = useTranslation('text');
  const [written, setWritten] = useState('');
  const lines = written.split('\n').filter((line) => line.trim() !== '');
  const add = () => {
    setWritten('');
    void takePicked(lines.map(fileOf), id);
  };
  return (
    <div className={styles.recorder}>
      <Textarea
        aria-label={t('write.label', { name })}
        placeholder={t('write.hint')}
        rows={4}
        dir="auto"
        value={written}
        onChange={(event) => setWritten(event.currentTarget.value)}
      />
      <Button disabled={lines.length === 0} onClick={add}>
        {t('write.add')}
      </Button>
      <p className={styles.hint} role="status">
        {isForeign(written) ? t('foreign') : t('write.hint')}
      </p>
    </div>
  );
}

/** Shown by its first words, since a text has no name. */
function fileOf(line: string): File {
  const name = line.replaceAll('/', ' ').trim().slice(0, 40);
  return new File([line], `${name}.txt`, { type: 'text/plain' });
}
