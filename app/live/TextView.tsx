import { Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './TextView.module.css';
import { isForeign } from './foreign.ts';

/** Between the last key and the question to the model, ms. */
const PAUSE_MS = 150;

interface TextViewProps {
  readonly onFile: (file: File | null) => void;
}

/** A text to be answered, as it is typed or pasted. */
export function TextView({ onFile }: TextViewProps) {
  const { t } = useTranslation('text');
  const [written, setWritten] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      onFile(written.trim() === '' ? null : new File([written], 'text.txt', { type: 'text/plain' }));
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [written, onFile]);
  return (
    <div className={classes.view}>
      <Textarea
        label={t('try.label')}
        description={t('try.hint')}
        rows={6}
        dir="auto"
        value={written}
        onChange={(event) => setWritten(event.currentTarget.value)}
      />
      {isForeign(written) && (
        <p className={classes.foreign} role="status">
          {t('foreign')}
        </p>
      )}
    </div>
  );
}
