import { Button } from '@mantine/core';
import { IconPhotoPlus, IconX } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClassRecord } from '../../../src/index.ts';
import { ACCEPT } from '../../capture/accept.ts';
import { DEVICE_ICONS } from '../../components/device-icons.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import styles from './ClassCard.module.css';
import { takePicked } from './import-flow.ts';
import { setPrepare } from './prepare-state.ts';

interface ClassFooterProps {
  readonly record: ClassRecord;
  readonly recording: boolean;
}

/** Camera and files, straight into this class. */
export function ClassFooter({ record, recording }: ClassFooterProps) {
  const { t } = useTranslation('prepare');
  const kind = useSampleKind();
  const Icon = DEVICE_ICONS[kind];
  const input = useRef<HTMLInputElement>(null);
  const { name } = record;
  return (
    <footer className={styles.footer}>
      <Button
        variant="default"
        px={6}
        leftSection={
          recording ? (
            <IconX size={18} stroke={1.6} aria-hidden />
          ) : (
            <Icon size={18} stroke={1.6} aria-hidden />
          )
        }
        aria-pressed={recording}
        aria-label={t(recording ? 'class.closeCamera' : 'class.cameraFor', { name })}
        onClick={() => setPrepare({ cameraClassId: recording ? null : record.id })}
      >
        {t('camera')}
      </Button>
      <Button
        variant="default"
        px={6}
        leftSection={<IconPhotoPlus size={18} stroke={1.6} aria-hidden />}
        aria-label={t('class.addFilesTo', { name })}
        onClick={() => input.current?.click()}
      >
        {t('files')}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={`${ACCEPT[kind]},.zip,application/zip`}
        onChange={(event) => {
          void takePicked(event.currentTarget.files ?? [], record.id);
          event.currentTarget.value = '';
        }}
      />
    </footer>
  );
}
