import { useTranslation } from 'react-i18next';
import { useFormat } from '../copy/format.ts';
import { useApp } from '../store/store.ts';

/** About this many announcements in a run: enough to follow, not enough to drown. */
const ANNOUNCEMENTS = 10;

/** Tells screen readers how the teaching goes, whatever step is shown. */
export function TrainingAnnouncer() {
  const { t } = useTranslation();
  const format = useFormat();
  const training = useApp((state) => state.training);
  const words = () => {
    if (training.status === 'idle') return '';
    const epochs = training.settings?.epochs ?? 0;
    const every = Math.max(1, Math.round(epochs / ANNOUNCEMENTS));
    const log = training.epochs.findLast(({ epoch }) => epoch > 0 && epoch % every === 0);
    if (training.stage !== 'training' || log === undefined) return t(`announce.${training.stage}`);
    const accuracy = format.percent(log.validationAccuracy ?? log.trainAccuracy);
    return t('announce.epoch', { epoch: log.epoch, epochs, accuracy });
  };
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {words()}
    </div>
  );
}
