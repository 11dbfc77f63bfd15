import { Button, Checkbox, Radio } from '@mantine/core';
import { IconFileExport } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  EXPORT_FORMATS,
  safeFileName,
  type ExportCheck,
  type ExportFormatId,
  type ExportPrecision,
} from '../../../src/index.ts';
import { saveBlob } from '../../components/save-blob.ts';
import { useFormat } from '../../copy/format.ts';
import { exportModel } from '../../store/evaluate-actions.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { useApp } from '../../store/store.ts';
import styles from './UseStep.module.css';
import { type SelfTestResult, runSelfTest } from './self-test.ts';

interface Saved {
  readonly name: string;
  readonly bytes: number;
  readonly check: ExportCheck;
  /** Of a page that runs by itself; absent for other formats. */
  readonly selfTest?: SelfTestResult | null;
}

/** The answering model as a file; where that is not to be had, it says so. */
export function ExportCard() {
  const { t } = useTranslation(['use', 'sound', 'text']);
  const kind = useSampleKind();
  if (kind === 'picture') return <ExportPictures />;
  return (
    <li className={`${styles.card ?? ''} ${styles.wide ?? ''}`}>
      <h3 className={styles.cardTitle}>{t('export.title')}</h3>
      <p className={styles.cardText}>{t(`${kind}:noExport`)}</p>
    </li>
  );
}

/** Checked before it is handed out. */
function ExportPictures() {
  const { t, i18n } = useTranslation('use');
  const [format, setFormat] = useState<ExportFormatId>('html');
  const [precision, setPrecision] = useState<ExportPrecision>('float32');
  const [saved, setSaved] = useState<Saved | null>(null);
  const isReady = useApp(({ project, instant }) => (project?.activeRunId ?? null) !== null || instant.ready);
  const [isBusy, setBusy] = useState(false);
  const title = useApp(({ project }) => project?.settings.name ?? '');
  const save = async () => {
    setSaved(null);
    setBusy(true);
    try {
      const shown = title.trim() === '' ? t('export.fileName') : title;
      const outcome = await exportModel({ format, precision, title: shown, language: i18n.language });
      if (!outcome.ok) return;
      const { file, ending, check } = outcome.value;
      const selfTest = format === 'html' ? { selfTest: await runSelfTest(file) } : {};
      const name = safeFileName(title, t('export.fileName'), ending);
      saveBlob(file, name);
      setSaved({ name, bytes: file.size, check, ...selfTest });
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className={`${styles.card ?? ''} ${styles.wide ?? ''}`}>
      <h3 className={styles.cardTitle}>{t('export.title')}</h3>
      <p className={styles.cardText}>{t('export.text')}</p>
      <Radio.Group
        aria-label={t('export.format')}
        value={format}
        onChange={(value) => setFormat(EXPORT_FORMATS.find((one) => one === value) ?? 'html')}
      >
        <div className={styles.formats}>
          {EXPORT_FORMATS.map((value) => (
            <Radio
              key={value}
              value={value}
              label={t(`export.formats.${value}`)}
              description={t(`export.formatText.${value}`)}
            />
          ))}
        </div>
      </Radio.Group>
      <Checkbox
        label={t('export.halve')}
        checked={precision === 'float16'}
        onChange={({ currentTarget }) => setPrecision(currentTarget.checked ? 'float16' : 'float32')}
      />
      <div role="status" className={styles.cardText}>
        {!isReady && t('export.notReady')}
        {saved !== null && <SavedWords saved={saved} />}
      </div>
      <Button
        className={styles.cardAction}
        variant="default"
        disabled={!isReady}
        loading={isBusy}
        leftSection={<IconFileExport size={18} stroke={1.6} aria-hidden />}
        onClick={() => void save()}
      >
        {t('export.save')}
      </Button>
    </li>
  );
}

function SavedWords({ saved: { name, bytes, check, selfTest } }: { readonly saved: Saved }) {
  const { t } = useTranslation('use');
  const format = useFormat();
  const { agreeing, checked, largestDifference } = check;
  const difference = largestDifference === 0 ? '0' : largestDifference.toExponential(0);
  return (
    <>
      <p>{t('export.saved', { name, size: format.bytes(bytes) })}</p>
      <p>{t('export.checked', { agreeing, checked, difference })}</p>
      {selfTest === null && <p>{t('export.noSelfTest')}</p>}
      {selfTest && (
        <p>{t('export.selfTested', { agreeing: selfTest.agreeing, checked: selfTest.checked })}</p>
      )}
    </>
  );
}
