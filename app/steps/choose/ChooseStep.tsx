import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { usePageDrop } from '../../capture/use-page-drop.ts';
import type { DroppedItems } from '../../capture/walk-drop.ts';
import { StepFrame } from '../../components/StepFrame.tsx';
import { useSampleKind } from '../../store/sample-kind.ts';
import { useApp } from '../../store/store.ts';
import { NextStep } from '../NextStep.tsx';
import classes from './ChooseStep.module.css';
import { ModelCardView } from './ModelCardView.tsx';
import { OwnModelCard } from './OwnModelCard.tsx';
import { TaskTiles } from './TaskTiles.tsx';
import { BringModel } from './bring/BringModel.tsx';
import { bringDropped } from './bring/bring-flow.ts';
import { useModelSpeeds } from './model-speed.ts';

/** The task, then the pre-trained model. One of each is chosen already. */
export function ChooseStep() {
  const { t } = useTranslation('choose');
  const { t: own } = useTranslation('ownModel');
  const kind = useSampleKind();
  const bring = useCallback((dropped: DroppedItems) => void bringDropped(dropped), []);
  const over = usePageDrop(kind === 'picture' ? bring : null);
  const all = useApp((state) => state.models);
  const task = useApp(({ project }) => project?.settings.task);
  const models = all.filter((card) => card.task === task);
  const speeds = useModelSpeeds();
  const bundled = models.filter(({ availability }) => availability === 'bundled');
  const web = models.filter(({ availability }) => availability === 'web');
  const yours = models.filter(({ availability }) => availability === 'own');
  return (
    <StepFrame title={t('title')} lead={t('lead')} footer={<NextStep to="prepare" />}>
      <section className={classes.section} aria-labelledby="choose-task">
        <h2 id="choose-task">{t('tasks.title')}</h2>
        <TaskTiles />
      </section>
      <section
        className={classes.section}
        aria-labelledby="choose-model"
        aria-busy={all.length === 0}
        data-empty={all.length === 0}
      >
        <h2 id="choose-model">{t('models.title')}</h2>
        {bundled.map((card, index) => (
          <ModelCardView key={card.id} card={card} speed={speeds.get(card.id)} featured={index === 0} />
        ))}
        {yours.length > 0 && (
          <div className={classes.group}>
            <h3>{own('yours.title')}</h3>
            <p>{own('yours.line')}</p>
          </div>
        )}
        <div className={classes.cards}>
          {yours.map((card) => (
            <ModelCardView key={card.id} card={card} speed={speeds.get(card.id)} />
          ))}
          {kind === 'picture' && <OwnModelCard over={over} />}
        </div>
        {web.length > 0 && (
          <div className={classes.group}>
            <h3>{t('models.web')}</h3>
            <p>{t('models.webLine')}</p>
          </div>
        )}
        <div className={classes.cards}>
          {web.map((card) => (
            <ModelCardView key={card.id} card={card} speed={speeds.get(card.id)} />
          ))}
        </div>
      </section>
      <BringModel />
    </StepFrame>
  );
}
