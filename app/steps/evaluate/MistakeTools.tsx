import { Button, Checkbox, FileButton, NativeSelect } from '@mantine/core';
import { IconPhotoPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClassRecord, SampleId } from '../../../src/index.ts';
import { ACCEPT } from '../../capture/accept.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { DEVICE_ICONS } from '../../components/device-icons.ts';
import { editDataset, importFiles } from '../../store/data-actions.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { Recorder } from '../prepare/Recorder.tsx';
import styles from './MistakeTools.module.css';

interface MistakeToolsProps {
  readonly classes: readonly ClassRecord[];
  /** What is listed and still there. */
  readonly ids: readonly SampleId[];
  readonly picked: ReadonlySet<SampleId>;
  readonly onPick: (ids: ReadonlySet<SampleId>) => void;
  /** Of which more would help: that of the chosen cell, else of the first picture. */
  readonly moreOf: ClassRecord | undefined;
}

/** Mends many at once: moves what is picked to its right class, deletes it, or adds more like it. */
export function MistakeTools({ classes, ids, picked, onPick, moreOf }: MistakeToolsProps) {
  const { t } = useTranslation('workshop');
  const [to, setTo] = useState('');
  const [adding, setAdding] = useState(false);
  const target = classes.some(({ id }) => id === to) ? to : (classes[0]?.id ?? '');
  const chosen = ids.filter((id) => picked.has(id));
  const done = (mended: Promise<boolean>) => {
    onPick(new Set());
    void mended;
  };
  return (
    <div className={styles.tools} role="group" aria-label={t('tools')}>
      <Checkbox
        label={t('pickAll', { count: ids.length })}
        checked={chosen.length > 0 && chosen.length === ids.length}
        indeterminate={chosen.length > 0 && chosen.length < ids.length}
        onChange={({ currentTarget }) => onPick(new Set(currentTarget.checked ? ids : []))}
      />
      {chosen.length > 0 && (
        <>
          <NativeSelect
            aria-label={t('moveTo')}
            value={target}
            data={classes.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={({ currentTarget }) => setTo(currentTarget.value)}
          />
          <Button
            variant="default"
            onClick={() => done(editDataset({ kind: 'move-samples', ids: chosen, to: target }))}
          >
            {t('move', { count: chosen.length })}
          </Button>
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={18} stroke={1.6} />}
            onClick={() => done(editDataset({ kind: 'delete-samples', ids: chosen }))}
          >
            {t('delete', { count: chosen.length })}
          </Button>
        </>
      )}
      {moreOf !== undefined && (
        <Button
          variant="default"
          leftSection={<IconPhotoPlus size={18} stroke={1.6} />}
          onClick={() => setAdding(true)}
        >
          {t('more.open', { name: moreOf.name })}
        </Button>
      )}
      {moreOf !== undefined && adding && <AddMore record={moreOf} onClose={() => setAdding(false)} />}
    </div>
  );
}

/** More pictures of one class, from files or the camera. They get a side like all others. */
function AddMore({ record, onClose }: { readonly record: ClassRecord; readonly onClose: () => void }) {
  const { t } = useTranslation('workshop');
  const [camera, setCamera] = useState(false);
  const kind = useSampleKind();
  const Icon = DEVICE_ICONS[kind];
  return (
    <Dialog opened onClose={onClose} size="lg" centered title={t('more.title', { name: record.name })}>
      <div className={styles.add}>
        <p>{t('more.lead')}</p>
        <div className={styles.tools}>
          <FileButton
            multiple
            accept={ACCEPT[kind]}
            onChange={(files) => {
              if (files.length === 0) return;
              onClose();
              const given = files.map((file) => ({ path: file.name, file }));
              void importFiles(given, { intoClass: record.id });
            }}
          >
            {(props) => (
              <Button {...props} leftSection={<IconPhotoPlus size={18} stroke={1.6} />}>
                {t('more.files')}
              </Button>
            )}
          </FileButton>
          {!camera && (
            <Button
              variant="default"
              leftSection={<Icon size={18} stroke={1.6} />}
              onClick={() => setCamera(true)}
            >
              {t('more.camera')}
            </Button>
          )}
        </div>
        {camera && <Recorder record={record} />}
      </div>
    </Dialog>
  );
}
