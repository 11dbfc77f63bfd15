import { Autocomplete, Button, Group, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportPreview } from '../../../src/index.ts';
import type { FoundFile } from '../../capture/walk-drop.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { useApp } from '../../store/store.ts';
import styles from './ImportDialog.module.css';
import { ImportTable } from './ImportTable.tsx';
import { LeftOutTable } from './LeftOutTable.tsx';
import { GivenSplit, TableColumns } from './TableColumns.tsx';
import {
  cancelImport,
  confirmImport,
  openDroppedProject,
  type ImportTarget,
  type LeftOut,
} from './import-flow.ts';

interface ImportDialogProps {
  readonly files: readonly FoundFile[];
  readonly unreadable: readonly string[];
  readonly preview: ImportPreview;
}

/** What the drop would do, before it does it. */
export function ImportDialog(props: ImportDialogProps) {
  const { t } = useTranslation('prepare');
  const title = t(props.preview.isProject ? 'import.projectTitle' : 'import.title');
  return (
    <Dialog opened onClose={cancelImport} size="lg" title={<strong>{title}</strong>} centered>
      {props.preview.isProject ? <ProjectQuestion /> : <PicturesQuestion {...props} />}
    </Dialog>
  );
}

function ProjectQuestion() {
  const { t } = useTranslation('prepare');
  const { t: common } = useTranslation('common');
  return (
    <Stack>
      <p>{t('import.projectText')}</p>
      <Group justify="flex-end">
        <Button variant="default" onClick={cancelImport}>
          {common('cancel')}
        </Button>
        <Button onClick={openDroppedProject}>{t('import.projectOpen')}</Button>
      </Group>
    </Stack>
  );
}

function PicturesQuestion({ files, unreadable, preview }: ImportDialogProps) {
  const { t } = useTranslation('prepare');
  const { t: common } = useTranslation('common');
  const hasFolders = files.some(({ path, file }) => path.includes('/') || /\.zip$/i.test(file.name));
  const { table } = preview;
  const [kind, setKind] = useState<ImportTarget['kind']>(
    table !== null ? 'table' : hasFolders ? 'folders' : 'one',
  );
  const [name, setName] = useState('');
  const leftOut: readonly LeftOut[] = [
    ...preview.rejected,
    ...unreadable.map((path) => ({ name: path, error: null })),
  ];
  const needsName = kind === 'one' && name.trim() === '';
  return (
    <Stack gap="md">
      <Summary
        preview={preview}
        hasFolders={hasFolders && kind === 'folders' && preview.given === null}
        leftOut={leftOut.length}
      />
      {table !== null && <TableColumns table={table} />}
      {table === null && preview.given !== null && <GivenSplit given={preview.given} />}
      {table === null && hasFolders && preview.pictures > 0 && (
        <Radio.Group value={kind} onChange={(value) => setKind(value === 'one' ? 'one' : 'folders')}>
          <Stack gap="xs">
            <Radio value="folders" label={t('import.byFolder')} />
            <Radio value="one" label={t('import.intoOne')} />
          </Stack>
        </Radio.Group>
      )}
      {preview.pictures > 0 &&
        (kind === 'one' ? (
          <ClassField name={name} onChange={setName} />
        ) : (
          <ImportTable classes={preview.classes} />
        ))}
      {leftOut.length > 0 && (
        <details className={styles.details}>
          <summary>{t('import.unreadable', { count: leftOut.length })}</summary>
          <LeftOutTable leftOut={leftOut} />
        </details>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={cancelImport}>
          {common('cancel')}
        </Button>
        <Button
          disabled={preview.pictures === 0 || needsName}
          title={needsName ? t('import.needName') : undefined}
          onClick={() => void confirmImport(kind === 'one' ? { kind, name: name.trim() } : { kind })}
        >
          {t('import.confirm', { count: preview.pictures })}
        </Button>
      </Group>
    </Stack>
  );
}

interface SummaryProps {
  readonly preview: ImportPreview;
  readonly hasFolders: boolean;
  readonly leftOut: number;
}

/** "3 folders → 3 classes, 312 pictures, 4 files cannot be used". */
function Summary({ preview, hasFolders, leftOut }: SummaryProps) {
  const { t } = useTranslation('prepare');
  if (preview.pictures === 0) return <p className={styles.summary}>{t('import.nothing')}</p>;
  const count = preview.classes.length;
  const classes = t('classes', { count });
  const parts = [
    ...(hasFolders ? [t('import.folders', { count, classes })] : []),
    t('pictures', { count: preview.pictures }),
    ...(leftOut > 0 ? [t('import.unreadable', { count: leftOut })] : []),
  ];
  return <p className={styles.summary}>{parts.join(' · ')}</p>;
}

function ClassField({
  name,
  onChange,
}: {
  readonly name: string;
  readonly onChange: (name: string) => void;
}) {
  const { t } = useTranslation('prepare');
  const classes = useApp(({ project }) => project?.dataset.classes);
  return (
    <Autocomplete
      data-autofocus
      // Open at once it would lie over the button.
      openOnFocus={false}
      label={t('import.intoLabel')}
      placeholder={t('import.intoPlaceholder')}
      data={[...new Set(classes?.map((record) => record.name))]}
      limit={20}
      maxLength={80}
      value={name}
      onChange={onChange}
    />
  );
}
