import { ActionIcon, Button } from '@mantine/core';
import { IconAlertTriangle, IconDownload, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { toCsv } from '../../components/csv.ts';
import { saveBlob } from '../../components/save-blob.ts';
import styles from './LeftOutPanel.module.css';
import { LeftOutTable, useReason } from './LeftOutTable.tsx';
import { closeLeftOut, useImportFlow } from './import-flow.ts';

/** After an import: what was left out and why, until it is closed. */
export function LeftOutPanel() {
  const { t } = useTranslation('prepare');
  const reason = useReason();
  const leftOut = useImportFlow((flow) => flow.leftOut);
  if (leftOut.length === 0) return null;
  const download = () => {
    const rows = leftOut.map((one) => [one.name, reason(one)]);
    const csv = toCsv([[t('rejected.name'), t('rejected.reason')], ...rows]);
    // The mark at the start tells spreadsheets that this is UTF-8.
    saveBlob(new Blob(['\uFEFF', csv], { type: 'text/csv' }), t('rejected.fileName'));
  };
  return (
    <section className={styles.panel} role="status">
      <header className={styles.header}>
        <IconAlertTriangle size={20} stroke={1.6} aria-hidden />
        <p className={styles.title}>
          <strong>{t('rejected.title', { count: leftOut.length })}.</strong> {t('rejected.rest')}
        </p>
        <Button
          variant="default"
          size="compact-md"
          leftSection={<IconDownload size={16} stroke={1.6} aria-hidden />}
          onClick={download}
        >
          {t('rejected.download')}
        </Button>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          aria-label={t('rejected.close')}
          onClick={closeLeftOut}
        >
          <IconX size={18} />
        </ActionIcon>
      </header>
      <LeftOutTable leftOut={leftOut} />
    </section>
  );
}
