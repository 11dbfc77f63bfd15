import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type {
  EvaluationReport,
  FeatureMap,
  MapMethod,
  ProjectSnapshot,
  SampleId,
} from '../../../../src/index.ts';
import { PointMap } from '../../../charts/PointMap.tsx';
import { ProgressRow } from '../../../components/ProgressRow.tsx';
import { useFormat } from '../../../copy/format.ts';
import { useSay } from '../../../copy/use-say.ts';
import { drawFeatureMap } from '../../../store/explain-actions.ts';
import { useApp } from '../../../store/store.ts';
import { cancelTask } from '../../../store/tasks.ts';
import styles from '../EvaluateStep.module.css';
import { ExamPicture } from '../ExamPicture.tsx';
import scoreStyles from '../Scores.module.css';
import type { NamedClass } from '../exam.ts';
import { mapPoints, mapWords } from './map-points.ts';

const METHODS = ['pca', 'umap'] as const;
const MOMENTS = ['before', 'after'] as const;
type Moment = (typeof MOMENTS)[number];

interface FeatureMapPanelProps {
  readonly project: ProjectSnapshot;
  readonly report: EvaluationReport;
  readonly classes: readonly NamedClass[];
}

/** All samples as points, near each other where the network finds them alike: before and after fine-tuning. */
export function FeatureMapPanel({ project, report, classes }: FeatureMapPanelProps) {
  const { t } = useTranslation('why');
  const [method, setMethod] = useState<MapMethod>('pca');
  const { runId } = report;
  const task = useApp(({ tasks }) => tasks['feature-map']);
  const maps = useApp(({ featureMaps }) => featureMaps);
  const map = maps[`${runId}/${method}`];
  const draw = (wanted: MapMethod) => {
    setMethod(wanted);
    if (maps[`${runId}/${wanted}`] === undefined) void drawFeatureMap(runId, wanted);
  };
  const isDrawn = METHODS.some((one) => maps[`${runId}/${one}`] !== undefined);
  const isStale = map !== undefined && map.revision !== project.dataset.revision;
  return (
    <section className={styles.section} aria-labelledby="map-title">
      <h2 id="map-title" className={styles.title}>
        {t('map.title')} <span className={styles.term}>({t('map.term')})</span>
      </h2>
      <p className={styles.lead}>{t('map.lead')}</p>
      <div className={scoreStyles.row}>
        {(!isDrawn || isStale) && task === undefined && (
          <Button variant="default" onClick={() => void drawFeatureMap(runId, method)}>
            {t(isStale ? 'map.again' : 'map.draw')}
          </Button>
        )}
        {(isDrawn || task !== undefined) && (
          <SegmentedControl
            aria-label={t('map.method')}
            value={method}
            data={METHODS.map((value) => ({ value, label: t(`map.methods.${value}`) }))}
            onChange={draw}
          />
        )}
      </div>
      {task !== undefined && (
        <div className={scoreStyles.place}>
          <ProgressRow
            label={t('map.working')}
            unit="steps"
            done={task.done}
            total={task.total}
            rate={task.rate}
            remainingMs={task.remainingMs}
            onCancel={() => cancelTask('feature-map')}
          />
        </div>
      )}
      {map !== undefined && <Drawn key={`${runId}/${method}`} {...{ project, report, classes, map }} />}
    </section>
  );
}

function Drawn({ project, report, classes, map }: FeatureMapPanelProps & { readonly map: FeatureMap }) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const { say } = useSay();
  const [moment, setMoment] = useState<Moment>('before');
  const [openId, setOpenId] = useState<SampleId | null>(null);
  const drawn = mapPoints({
    map,
    moment,
    project,
    report,
    classes,
    say: (key, values) => say(`why:map.${key}`, { ...values }),
  });
  return (
    <>
      {map.after === null ? (
        <p>{t('map.headOnly')}</p>
      ) : (
        <div className={scoreStyles.row}>
          <SegmentedControl
            aria-label={t('map.moment')}
            value={moment}
            data={MOMENTS.map((value) => ({ value, label: t(`map.moments.${value}`) }))}
            onChange={setMoment}
          />
        </div>
      )}
      <PointMap label={t('map.label')} points={drawn} words={mapWords(drawn, project)} onOpen={setOpenId} />
      <p className={styles.lead}>
        {t('map.legend')}{' '}
        {map.ids.length < map.of && t('map.part', { count: map.ids.length, of: format.count(map.of) })}{' '}
        {t('time', { ms: format.number(map.elapsedMs) })}
      </p>
      <ExamPicture
        project={project}
        report={report}
        classes={classes}
        order={map.ids}
        id={openId}
        onOpen={setOpenId}
      />
    </>
  );
}
