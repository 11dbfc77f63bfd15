import { Button } from '@mantine/core';
import { IconStethoscope } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProjectSnapshot } from '../../../src/index.ts';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { examineData } from '../../store/data-actions.ts';
import { useApp } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import styles from './Doctor.module.css';
import { DoctorCard } from './DoctorCard.tsx';
import { presentFindings } from './doctor-report.ts';

/** Copies, doubtful labels, blur and darkness: found on request, each with the pictures and a way to mend it. */
export function Doctor({ project }: { readonly project: ProjectSnapshot }) {
  const { t } = useTranslation('prepare');
  const report = useApp((state) => state.doctor);
  const task = useApp((state) => state.tasks.doctor);
  const hasModel = useApp((state) => state.model !== null);
  const { dataset } = project;
  const findings = useMemo(
    () => (report === null ? [] : presentFindings(report.findings, dataset)),
    [report, dataset],
  );
  const stale = report !== null && report.revision !== dataset.revision;
  return (
    <section className={styles.section} aria-labelledby="doctor-title">
      <div className={styles.head}>
        <div className={styles.words}>
          <h2 id="doctor-title" className={styles.title}>
            {t('doctor.title')}
          </h2>
          <p className={styles.lead}>{t('doctor.lead')}</p>
        </div>
        <Button
          variant="default"
          leftSection={<IconStethoscope size={18} stroke={1.6} aria-hidden />}
          disabled={!hasModel || task !== undefined}
          onClick={() => void examineData()}
        >
          {report === null ? t('doctor.run') : t('doctor.again')}
        </Button>
      </div>
      {task !== undefined && (
        <ProgressRow label={t('doctor.running')} {...task} onCancel={() => cancelTask('doctor')} />
      )}
      <div aria-live="polite" className={styles.notes}>
        {report !== null && task === undefined && (
          <>
            {findings.length === 0 && <p>{t('doctor.well', { count: report.examined })}</p>}
            {!report.labelsCompared && <p>{t('doctor.noLabels')}</p>}
            {stale && <p>{t('doctor.stale')}</p>}
          </>
        )}
      </div>
      {findings.length > 0 && (
        <ul className={styles.list}>
          {findings.map((finding) => (
            <DoctorCard key={finding.kind} finding={finding} dataset={dataset} />
          ))}
        </ul>
      )}
    </section>
  );
}
