import { Button } from '@mantine/core';
import { IconFolder, IconPhotoPlus } from '@tabler/icons-react';
import { useRef, type ChangeEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClassId } from '../../../src/index.ts';
import { ACCEPT } from '../../capture/accept.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import styles from './AddPictures.module.css';
import { takePicked } from './import-flow.ts';

interface AddPicturesProps {
  readonly intoClass?: ClassId;
  /** Fills its line. */
  readonly wide?: boolean;
}

/** The file picker and the folder picker. */
export function AddPictures({ intoClass, wide }: AddPicturesProps) {
  const { t } = useTranslation('prepare');
  const kind = useSampleKind();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    void takePicked(event.currentTarget.files ?? [], intoClass);
    // So that the same file can be picked again.
    event.currentTarget.value = '';
  };
  return (
    <div className={styles.row} data-wide={wide}>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        data-testid="pick-files"
        accept={`${ACCEPT[kind]},.zip,.graft,.tm,.csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,application/zip`}
        onChange={take}
      />
      <input
        ref={(input) => {
          folder.current = input;
          // React has no attribute for it.
          if (input !== null) input.webkitdirectory = true;
        }}
        type="file"
        hidden
        multiple
        data-testid="pick-folder"
        onChange={take}
      />
      <Button
        variant="default"
        leftSection={<IconPhotoPlus size={18} stroke={1.6} aria-hidden />}
        onClick={() => files.current?.click()}
      >
        {t(wide === true ? 'files' : 'addFiles')}
      </Button>
      <Button
        variant="default"
        leftSection={<IconFolder size={18} stroke={1.6} aria-hidden />}
        onClick={() => folder.current?.click()}
      >
        {t(wide === true ? 'folder' : 'addFolder')}
      </Button>
    </div>
  );
}
