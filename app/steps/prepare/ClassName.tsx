import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClassRecord } from '../../../src/index.ts';
import { classStyle } from '../../components/class-style.ts';
import { editDataset } from '../../store/data-actions.ts';
import { getState } from '../../store/store.ts';
import styles from './ClassCard.module.css';
import { mergeClasses } from './prepare-actions.ts';
import { setPrepare, usePrepare } from './prepare-state.ts';

const LONGEST_NAME = 80;

/** The name, edited in place. A name that another class has is not taken; merging is offered instead. */
export function ClassName({ record, index }: { readonly record: ClassRecord; readonly index: number }) {
  const { t } = useTranslation('prepare');
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState<string | null>(null);
  const [same, setSame] = useState<ClassRecord | null>(null);
  const naming = usePrepare(({ namingClassId }) => namingClassId === record.id);

  useEffect(() => {
    if (!naming) return;
    input.current?.focus();
    input.current?.select();
    setPrepare({ namingClassId: null });
  }, [naming]);

  const commit = () => {
    const name = (draft ?? record.name).trim();
    setDraft(null);
    if (name === '' || name === record.name) return;
    const other = getState().project?.dataset.classes.find(
      (one) => one.name === name && one.id !== record.id,
    );
    setSame(other ?? null);
    if (other === undefined) void editDataset({ kind: 'rename-class', classId: record.id, name });
  };

  return (
    <div className={styles.name}>
      <TextInput
        ref={input}
        aria-label={t('class.name', { letter: classStyle(index).letter })}
        classNames={{ input: styles.nameInput ?? '' }}
        maxLength={LONGEST_NAME}
        value={draft ?? record.name}
        title={record.name}
        onChange={(event) => {
          setDraft(event.currentTarget.value);
          setSame(null);
        }}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key === 'Escape') setDraft(null);
        }}
      />
      {same !== null && (
        <p className={styles.sameName} role="alert">
          {t('class.sameName', { name: same.name })}
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              setSame(null);
              void mergeClasses(record, same);
            }}
          >
            {t('class.merge')}
          </Button>
        </p>
      )}
    </div>
  );
}
