import { Button, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProjectSnapshot } from '../../../src/index.ts';
import { useBackgroundClasses } from '../../store/background-class.ts';
import { samplesByClass } from '../../store/project.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import styles from './ClassBoard.module.css';
import { ClassCard } from './ClassCard.tsx';
import { addClass, addClassToName } from './prepare-actions.ts';
import { usePrepare } from './prepare-state.ts';

/** From this many classes on there is a field to find one. */
const FIND_FROM = 9;

/** One card per class. Cards far from view have no pictures in them, so that 200 stay light. */
export function ClassBoard({ project }: { readonly project: ProjectSnapshot }) {
  const { t } = useTranslation('prepare');
  const { t: sound } = useTranslation('sound');
  const kind = useSampleKind();
  const background = useBackgroundClasses();
  // Without it a word would be heard in every noise.
  const needsBackground = kind === 'sound' && background.size === 0;
  const [wanted, setWanted] = useState('');
  const largeClassId = usePrepare((state) => state.largeClassId);
  const { dataset } = project;
  const byClass = useMemo(() => newestFirst(samplesByClass(dataset)), [dataset]);
  const needle = wanted.trim().toLocaleLowerCase();
  const shown = dataset.classes
    .map((record, index) => ({ record, index }))
    .filter(({ record }) => record.name.toLocaleLowerCase().includes(needle));
  const totals = {
    classes: t('classes', { count: dataset.classes.length }),
    pictures: t('pictures', { count: dataset.samples.size }),
  };

  return (
    <section className={styles.section}>
      <div className={styles.tools}>
        <p className={styles.total}>{t('total', totals)}</p>
        {dataset.classes.length >= FIND_FROM && (
          <TextInput
            className={styles.find}
            aria-label={t('findClass')}
            placeholder={t('findClass')}
            leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
        )}
        {needsBackground && (
          <Button
            variant="default"
            leftSection={<IconPlus size={18} stroke={1.6} aria-hidden />}
            onClick={() => void addClass(sound('background'))}
          >
            {sound('addBackground')}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconPlus size={18} stroke={1.6} aria-hidden />}
          onClick={() =>
            void addClassToName(freeName(dataset.classes, (number) => t('newClass', { number })))
          }
        >
          {t('addClass')}
        </Button>
      </div>
      {shown.length === 0 && needle !== '' && <p role="status">{t('noClassFound')}</p>}
      <ul className={styles.board} aria-label={t('board')}>
        {shown.map(({ record, index }) => (
          <ClassCard
            key={record.id}
            record={record}
            index={index}
            ids={byClass.get(record.id) ?? []}
            large={record.id === largeClassId}
          />
        ))}
      </ul>
    </section>
  );
}

/** What was added last is what a person wants to see first. */
function newestFirst(byClass: ReturnType<typeof samplesByClass>): ReturnType<typeof samplesByClass> {
  return new Map([...byClass].map(([id, ids]) => [id, ids.toReversed()]));
}

/** The first numbered name that no class has. */
function freeName(classes: readonly { readonly name: string }[], say: (number: number) => string): string {
  const taken = new Set(classes.map(({ name }) => name));
  let number = classes.length + 1;
  while (taken.has(say(number))) number += 1;
  return say(number);
}
