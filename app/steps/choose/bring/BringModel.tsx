import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../../components/Dialog.tsx';
import { ProgressRow } from '../../../components/ProgressRow.tsx';
import { useApp } from '../../../store/store.ts';
import styles from './BringModel.module.css';
import { ModelReportView } from './ModelReportView.tsx';
import { PickModel } from './PickModel.tsx';
import { Refusal } from './Refusal.tsx';
import { type BringStage, cancelBring, closeBring, useBringFlow } from './bring-flow.ts';

/** The dialog in which a model is brought, looked at and taken. */
export function BringModel() {
  const { t } = useTranslation('ownModel');
  const current = useBringFlow((stage) => stage);
  const narrow = useMediaQuery('(max-width: 640px)');
  return (
    <Dialog
      opened={current.stage !== 'closed'}
      onClose={closeBring}
      size={720}
      fullScreen={narrow}
      title={<strong>{t('title')}</strong>}
    >
      <div className={styles.stage}>
        <Stage current={current} />
      </div>
    </Dialog>
  );
}

function Stage({ current }: { readonly current: BringStage }) {
  switch (current.stage) {
    case 'closed':
      return null;
    case 'pick':
      return <PickModel />;
    case 'working':
      return <Working doing={current.doing} />;
    case 'refused':
      return <Refusal error={current.error} />;
    case 'report':
      return <ModelReportView key={current.report.inspectionId} current={current} />;
  }
}

function Working({ doing }: { readonly doing: Extract<BringStage, { stage: 'working' }>['doing'] }) {
  const { t } = useTranslation('ownModel');
  const task = useApp(({ tasks }) => tasks.inspect);
  const download = doing === 'download';
  return (
    <div className={styles.working}>
      <ProgressRow
        label={t(`working.${doing}`)}
        unit="bytes"
        done={download ? (task?.done ?? 0) : 0}
        total={download ? (task?.total ?? null) : null}
        rate={download ? (task?.rate ?? null) : null}
        remainingMs={download ? (task?.remainingMs ?? null) : null}
        onCancel={cancelBring}
      />
    </div>
  );
}
