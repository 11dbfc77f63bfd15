import { Button, Checkbox, TextInput } from '@mantine/core';
import { IconCheck, IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelCheck, ModelReport } from '../../../../src/index.ts';
import { useFormat } from '../../../copy/format.ts';
import { useApp } from '../../../store/store.ts';
import styles from './BringModel.module.css';
import { PictureForm } from './PictureForm.tsx';
import { RefusalReason } from './Refusal.tsx';
import { ReportDetails } from './ReportDetails.tsx';
import { ReportFacts } from './ReportFacts.tsx';
import { ReportWarnings } from './ReportWarnings.tsx';
import { type BringStage, closeBring, takeModel } from './bring-flow.ts';

interface ModelReportViewProps {
  readonly current: Extract<BringStage, { readonly stage: 'report' }>;
}

/** What was found out about the model, what must be known of it, and the decision. */
export function ModelReportView({ current }: ModelReportViewProps) {
  const { t } = useTranslation('ownModel');
  const { t: common } = useTranslation('common');
  const { report, check, settings, checking, adopting } = current;
  const unnamed =
    report.format === 'teachable-machine' ? t('report.formats.teachable-machine') : t('report.unnamed');
  const [name, setName] = useState(report.name === '' ? unnamed : report.name);
  const empty = useApp(({ project }) => project?.dataset.classes.length === 0);
  const [takeLabels, setTakeLabels] = useState(true);
  const offersLabels = empty && report.labels.length > 1;
  return (
    <form
      className={styles.report}
      onSubmit={(event) => {
        event.preventDefault();
        void takeModel(name.trim() || unnamed, offersLabels && takeLabels ? report.labels : []);
      }}
    >
      <div className={styles.scroll}>
        <TextInput
          data-autofocus
          label={t('report.name')}
          description={<FileLine report={report} />}
          inputWrapperOrder={['label', 'input', 'description']}
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Verdict check={check} checking={checking} />
        <ReportFacts report={report} check={check} checking={checking} />
        {check.ok && <ReportWarnings warnings={check.warnings} />}
        <PictureForm report={report} settings={settings} />
        {offersLabels && (
          <Checkbox
            checked={takeLabels}
            onChange={(event) => setTakeLabels(event.currentTarget.checked)}
            label={t('report.labels', { names: someOf(report.labels) })}
          />
        )}
        <ReportDetails report={report} check={check} />
      </div>
      <div className={styles.footer}>
        <Button variant="default" onClick={closeBring}>
          {common('cancel')}
        </Button>
        <Button type="submit" loading={adopting} disabled={!check.ok || checking}>
          {t('report.use')}
        </Button>
      </div>
    </form>
  );
}

const MOST_LABELS = 6;

function someOf(labels: readonly string[]): string {
  const shown = labels.slice(0, MOST_LABELS).join(', ');
  return labels.length > MOST_LABELS ? `${shown}, …` : shown;
}

/** `ONNX · pytorch, opset 17 · 8.4 MB`. */
function FileLine({ report }: { readonly report: ModelReport }) {
  const { t } = useTranslation('ownModel');
  const format = useFormat();
  const kind = t(`report.formats.${report.format}`);
  const made = report.producer.startsWith(kind) ? [report.producer] : [kind, report.producer];
  return [...made, format.bytes(report.sizeBytes)].filter((part) => part !== '').join(' · ');
}

interface VerdictProps {
  readonly check: ModelCheck;
  readonly checking: boolean;
}

function Verdict({ check, checking }: VerdictProps) {
  const { t } = useTranslation('ownModel');
  const format = useFormat();
  const sentence = () => {
    if (!check.ok) return t('report.bad');
    const features = format.count(check.featureSize);
    if (check.headOnly) return t('report.headOnly', { features });
    return t('report.good', { features, blocks: t('report.blocks', { count: check.blocks.length }) });
  };
  return (
    <div
      className={styles.verdict}
      data-good={check.ok}
      aria-live="polite"
      data-checking={checking || undefined}
    >
      {check.ok ? (
        <IconCheck size={20} stroke={2} aria-hidden />
      ) : (
        <IconInfoCircle size={20} stroke={1.8} aria-hidden />
      )}
      <div>
        <p className={styles.verdictLine}>{checking ? t('report.checking') : sentence()}</p>
        {!check.ok && !checking && <RefusalReason error={check.error} />}
      </div>
    </div>
  );
}
