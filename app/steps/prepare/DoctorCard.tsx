import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DatasetState, DoctorFinding, SampleId } from '../../../src/index.ts';
import { ClassMark } from '../../components/ClassMark.tsx';
import { untied } from '../../store/data-actions.ts';
import { useApp } from '../../store/store.ts';
import { Thumbnail } from '../pictures/Thumbnail.tsx';
import styles from './Doctor.module.css';
import { findingSize, leakedToTraining, straddling, surplus } from './doctor-report.ts';
import { deletePictures, keepCopiesTogether, movePictures } from './prepare-actions.ts';
import { setPrepare } from './prepare-state.ts';

/** Pictures, groups or doubts that are shown of one finding. */
const MOST_SHOWN = 12;

interface DoctorCardProps {
  readonly finding: DoctorFinding;
  readonly dataset: DatasetState;
}

/** One finding: a sentence, its pictures, and what can be done. */
export function DoctorCard({ finding, dataset }: DoctorCardProps) {
  const { t } = useTranslation('prepare');
  const count = findingSize(finding);
  return (
    <li className={styles.card} data-kind={finding.kind}>
      <p className={styles.sentence}>{t(`doctor.${finding.kind}`, { count })}</p>
      {finding.kind === 'labels' && <p className={styles.lead}>{t('doctor.labelsHint')}</p>}
      {finding.kind === 'outliers' && <p className={styles.lead}>{t('doctor.outliersHint')}</p>}
      {finding.kind === 'near-duplicates' && <Guard groups={finding.groups} dataset={dataset} />}
      <ul className={styles.pictures}>
        <Shown finding={finding} dataset={dataset} />
      </ul>
      {count > MOST_SHOWN && <p className={styles.lead}>{t('doctor.more', { count: count - MOST_SHOWN })}</p>}
      <Fixes finding={finding} dataset={dataset} />
    </li>
  );
}

function Shown({ finding, dataset }: DoctorCardProps): ReactNode {
  const { t } = useTranslation('prepare');
  switch (finding.kind) {
    case 'conflicts':
    case 'leaks':
    case 'near-duplicates':
      return finding.groups.slice(0, MOST_SHOWN).map((ids) => (
        <li key={ids[0]} className={styles.group}>
          {ids.slice(0, MOST_SHOWN).map((id) => (
            <Picture key={id} id={id} dataset={dataset} />
          ))}
        </li>
      ));
    case 'labels':
      return finding.doubts.slice(0, MOST_SHOWN).map(({ id, suggested }) => {
        const target = dataset.classes.find((one) => one.id === suggested);
        return (
          <li key={id} className={styles.doubt}>
            <Picture id={id} dataset={dataset} />
            {target !== undefined && (
              <Button
                variant="default"
                size="compact-sm"
                className={styles.move}
                onClick={() => void movePictures([id], target)}
              >
                {t('doctor.moveTo', { name: target.name })}
              </Button>
            )}
          </li>
        );
      });
    case 'outliers':
    case 'blurred':
    case 'dark':
      return finding.ids.slice(0, MOST_SHOWN).map((id) => (
        <li key={id}>
          <Picture id={id} dataset={dataset} />
        </li>
      ));
  }
}

/** A picture with the mark of its class; opens large. */
function Picture({ id, dataset }: { readonly id: SampleId; readonly dataset: DatasetState }) {
  const { t } = useTranslation('prepare');
  const sample = dataset.samples.get(id);
  if (sample === undefined) return null;
  const index = dataset.classes.findIndex((one) => one.id === sample.classId);
  return (
    <button
      type="button"
      className={styles.picture}
      aria-label={t('doctor.open', { name: `${sample.name} (${dataset.classes[index]?.name ?? ''})` })}
      title={sample.name}
      onClick={() => setPrepare({ openPictureId: id })}
    >
      <Thumbnail id={id} alt="" />
      <span className={styles.mark}>
        <ClassMark index={index} size="small" />
      </span>
    </button>
  );
}

function Fixes({ finding, dataset }: DoctorCardProps): ReactNode {
  const { t } = useTranslation('prepare');
  const fix = (label: string, action: () => void, hint?: string) => (
    <Button variant="default" size="compact-md" title={hint} onClick={action}>
      {label}
    </Button>
  );
  switch (finding.kind) {
    case 'conflicts':
      return fix(t('doctor.conflictsFix'), () => void deletePictures(finding.groups.flat()));
    case 'near-duplicates':
      return (
        <div className={styles.fixes}>
          {fix(t('doctor.keepOne'), () => void deletePictures(surplus(finding.groups)))}
          {untied([finding], dataset).length > 0 &&
            fix(
              t('doctor.keepTogether'),
              () => void keepCopiesTogether(finding.groups),
              t('doctor.keepTogetherHint'),
            )}
        </div>
      );
    case 'labels':
      return null;
    case 'leaks':
      return fix(t('doctor.leaksFix'), () => void deletePictures(leakedToTraining(finding.groups, dataset)));
    case 'outliers':
    case 'blurred':
    case 'dark':
      return fix(t('doctor.delete', { count: finding.ids.length }), () => void deletePictures(finding.ids));
  }
}

/** What the split does with the copies: kept on one side already, or asked about after they were learned. */
function Guard({
  groups,
  dataset,
}: {
  readonly groups: readonly (readonly SampleId[])[];
  readonly dataset: DatasetState;
}) {
  const { t } = useTranslation('prepare');
  const split = useApp(({ project }) => project?.split ?? null);
  const apart = straddling(groups, split).length;
  if (apart > 0) return <p className={styles.lead}>{t('doctor.apart', { count: apart })}</p>;
  if (untied([{ kind: 'near-duplicates', groups }], dataset).length > 0) return null;
  return <p className={styles.lead}>{t('doctor.guarded', { count: groups.flat().length })}</p>;
}
