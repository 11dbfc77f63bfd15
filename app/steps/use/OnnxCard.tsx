import { Button, SegmentedControl } from '@mantine/core';
import { IconFileExport } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { saveBlob } from '../../components/save-blob.ts';
import { useFormat } from '../../copy/format.ts';
import { safeFileName } from '../../project/project-file-name.ts';
import { exportOnnx } from '../../store/evaluate-actions.ts';
import { useApp } from '../../store/store.ts';
import styles from './UseStep.module.css';

type Precision = 'float32' | 'float16';

/** The answering model as a file for other programs. */
export function OnnxCard() {
  const { t } = useTranslation('use');
  const format = useFormat();
  const [precision, setPrecision] = useState<Precision>('float32');
  const [saved, setSaved] = useState<{ readonly name: string; readonly bytes: number } | null>(null);
  const isReady = useApp(({ project, instant }) => (project?.activeRunId ?? null) !== null || instant.ready);
  const isBusy = useApp(({ tasks }) => tasks.export !== undefined);
  const title = useApp(({ project }) => project?.settings.name ?? '');
  const save = async () => {
    setSaved(null);
    const outcome = await exportOnnx(precision);
    if (!outcome.ok) return;
    const name = safeFileName(title, t('onnx.fileName'), '.onnx');
    saveBlob(outcome.value, name);
    setSaved({ name, bytes: outcome.value.size });
  };
  return (
    <li className={styles.card}>
      <h3 className={styles.cardTitle}>{t('onnx.title')}</h3>
      <p className={styles.cardText}>{t('onnx.text')}</p>
      <SegmentedControl
        aria-label={t('onnx.precision')}
        value={precision}
        data={[
          { value: 'float32', label: t('onnx.float32') },
          { value: 'float16', label: t('onnx.float16') },
        ]}
        onChange={(value) => setPrecision(value === 'float16' ? 'float16' : 'float32')}
      />
      <p role="status" className={styles.cardText}>
        {!isReady && t('onnx.notReady')}
        {saved !== null && t('onnx.saved', { name: saved.name, size: format.bytes(saved.bytes) })}
      </p>
      <Button
        className={styles.cardAction}
        variant="default"
        disabled={!isReady}
        loading={isBusy}
        leftSection={<IconFileExport size={18} stroke={1.6} aria-hidden />}
        onClick={() => void save()}
      >
        {t('onnx.save')}
      </Button>
    </li>
  );
}
