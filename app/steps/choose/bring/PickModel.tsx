import { Button, FileButton, TextInput } from '@mantine/core';
import { IconFileUpload, IconFolder, IconWorldDownload } from '@tabler/icons-react';
import { useId, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { foundInList } from '../../../capture/walk-drop.ts';
import styles from './BringModel.module.css';
import { bringFiles, bringUrl } from './bring-flow.ts';

/** Where the model comes from: a drop anywhere, files, a folder, an address. */
export function PickModel() {
  const { t } = useTranslation('ownModel');
  return (
    <div className={styles.pick}>
      <div className={styles.drop}>
        <IconFileUpload size={32} stroke={1.4} aria-hidden />
        <p className={styles.dropTitle}>{t('pick.drop')}</p>
        <p className={styles.note}>{t('pick.kinds')}</p>
        <div className={styles.buttons}>
          <FileButton
            multiple
            onChange={(files) => void take(files)}
            inputProps={{ 'data-testid': 'pick-model' } as object}
          >
            {(open) => (
              <Button
                data-autofocus
                leftSection={<IconFileUpload size={18} stroke={1.6} aria-hidden />}
                onClick={open.onClick}
              >
                {t('pick.files')}
              </Button>
            )}
          </FileButton>
          <FileButton
            multiple
            inputProps={{ webkitdirectory: '' } as object}
            onChange={(files) => void take(files)}
          >
            {(open) => (
              <Button
                variant="default"
                leftSection={<IconFolder size={18} stroke={1.6} aria-hidden />}
                onClick={open.onClick}
              >
                {t('pick.folder')}
              </Button>
            )}
          </FileButton>
        </div>
      </div>
      <FromTheWeb />
      <p className={styles.note}>{t('pick.privacy')}</p>
    </div>
  );
}

async function take(list: readonly File[]): Promise<void> {
  await bringFiles(await foundInList(list));
}

function FromTheWeb() {
  const { t } = useTranslation('ownModel');
  const [url, setUrl] = useState('');
  const id = useId();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (url.trim() !== '') void bringUrl(url);
  };
  return (
    <form className={styles.web} onSubmit={submit} noValidate>
      <TextInput
        id={id}
        className={styles.url}
        type="url"
        inputMode="url"
        label={t('pick.urlLabel')}
        description={t('pick.urlHint')}
        placeholder="https://"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Button
        type="submit"
        variant="default"
        disabled={url.trim() === ''}
        leftSection={<IconWorldDownload size={18} stroke={1.6} aria-hidden />}
      >
        {t('pick.fetch')}
      </Button>
    </form>
  );
}
