import { Button } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClassRecord, ProjectSnapshot } from '../../../src/index.ts';
import { samplesByClass } from '../../store/project.ts';
import { useApp } from '../../store/store.ts';
import styles from './FindingCards.module.css';
import { findings, type Finding } from './findings.ts';
import { addClassToName, deleteClass, mergeClasses } from './prepare-actions.ts';

/** More names than this are only counted. */
const MOST_NAMES = 4;

/** What is worth a look in the data, each with a way to mend it. */
export function FindingCards({ project }: { readonly project: ProjectSnapshot }) {
  const { t } = useTranslation('prepare');
  const lastImport = useApp((state) => state.lastImport);
  const { dataset } = project;
  const found = useMemo(
    () => findings(dataset.classes, samplesByClass(dataset), lastImport),
    [dataset, lastImport],
  );
  if (found.length === 0) return null;
  return (
    <section aria-label={t('finding.label')}>
      <ul className={styles.list}>
        {found.map((finding) => (
          <li key={finding.kind} className={styles.card} data-tone={toneOf(finding)}>
            {toneOf(finding) === 'warn' ? (
              <IconAlertTriangle size={20} stroke={1.6} aria-hidden />
            ) : (
              <IconInfoCircle size={20} stroke={1.6} aria-hidden />
            )}
            <p className={styles.text}>
              <Sentence finding={finding} />
            </p>
            <Fix finding={finding} classes={dataset.classes} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function toneOf({ kind }: Finding): 'warn' | 'info' {
  return kind === 'one-class' || kind === 'too-few' || kind === 'empty-classes' ? 'warn' : 'info';
}

function Sentence({ finding }: { readonly finding: Finding }) {
  const { t } = useTranslation('prepare');
  const names = (classes: readonly ClassRecord[]) => {
    const first = classes.slice(0, MOST_NAMES).map(({ name }) => name);
    const rest = classes.length - first.length;
    const listed = first.join(', ');
    return rest === 0 ? listed : t('finding.and', { names: listed, count: rest });
  };
  switch (finding.kind) {
    case 'one-class':
      return t('finding.one-class');
    case 'unequal':
      return t('finding.unequal', {
        largest: finding.largest.name,
        smallest: finding.smallest.name,
        times: finding.times,
      });
    case 'metadata':
      return finding.places > 0
        ? t('finding.metadataPlaces', { count: finding.places, pictures: finding.count })
        : t('finding.metadata', { count: finding.count });
    case 'similar-names':
      return t('finding.similar-names', { names: names(finding.classes) });
    case 'duplicates':
    case 'leaks':
    case 'first-frames':
      return t(`finding.${finding.kind}`, { count: finding.count });
    case 'empty-classes':
    case 'too-few':
    case 'few':
      return t(`finding.${finding.kind}`, {
        count: finding.classes.length,
        names: names(finding.classes),
      });
  }
}

function Fix({ finding, classes }: { readonly finding: Finding; readonly classes: readonly ClassRecord[] }) {
  const { t } = useTranslation('prepare');
  const goTo = (target: ClassRecord | undefined) =>
    target !== undefined && (
      <Button className={styles.fix} variant="default" size="compact-md" onClick={() => showClass(target.id)}>
        {t('finding.fixGoTo', { name: target.name })}
      </Button>
    );
  switch (finding.kind) {
    case 'one-class':
      return (
        <Button
          className={styles.fix}
          variant="default"
          size="compact-md"
          onClick={() => void addClassToName(t('newClass', { number: classes.length + 1 }))}
        >
          {t('finding.fixAddClass')}
        </Button>
      );
    case 'empty-classes':
      return (
        <Button
          className={styles.fix}
          variant="default"
          size="compact-md"
          onClick={() => void deleteAll(finding.classes)}
        >
          {t('finding.fixDeleteEmpty')}
        </Button>
      );
    case 'too-few':
    case 'few':
      return goTo(finding.classes[0]);
    case 'unequal':
      return goTo(finding.smallest);
    case 'similar-names':
      return <MergeButton classes={finding.classes} />;
    case 'duplicates':
    case 'leaks':
    case 'metadata':
    case 'first-frames':
      return null;
  }
}

/** Merges classes that are written almost alike into the first of them. */
function MergeButton({ classes }: { readonly classes: readonly ClassRecord[] }) {
  const { t } = useTranslation('prepare');
  const [into, ...others] = classes;
  if (into === undefined) return null;
  const mergeAll = async () => {
    for (const from of others) await mergeClasses(from, into);
  };
  return (
    <Button className={styles.fix} variant="default" size="compact-md" onClick={() => void mergeAll()}>
      {t('finding.fixMerge', { name: into.name })}
    </Button>
  );
}

async function deleteAll(classes: readonly ClassRecord[]): Promise<void> {
  for (const record of classes) await deleteClass(record);
}

function showClass(id: string): void {
  const card = document.getElementById(`class-${id}`);
  card?.scrollIntoView({ block: 'center' });
  card?.querySelector<HTMLElement>('footer button')?.focus({ preventScroll: true });
}
