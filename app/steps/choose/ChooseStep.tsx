import { useTranslation } from 'react-i18next';
import { StepFrame } from '../../components/StepFrame.tsx';
import { useApp } from '../../store/store.ts';
import { NextStep } from '../NextStep.tsx';
import classes from './ChooseStep.module.css';
import { ModelCardView } from './ModelCardView.tsx';
import { OwnModelCard } from './OwnModelCard.tsx';
import { TaskTiles } from './TaskTiles.tsx';
import { useModelSpeeds } from './model-speed.ts';

/** The task, then the pre-trained model. One of each is chosen already. */
export function ChooseStep() {
  const { t } = useTranslation('choose');
  const models = useApp((state) => state.models);
  const speeds = useModelSpeeds();
  const bundled = models.filter(({ availability }) => availability === 'bundled');
  const web = models.filter(({ availability }) => availability === 'web');
  return (
    <StepFrame title={t('title')} lead={t('lead')} footer={<NextStep to="prepare" />}>
      <section className={classes.section} aria-labelledby="choose-task">
        <h2 id="choose-task">{t('tasks.title')}</h2>
        <TaskTiles />
      </section>
      <section className={classes.section} aria-labelledby="choose-model">
        <h2 id="choose-model">{t('models.title')}</h2>
        {bundled.map((card, index) => (
          <ModelCardView key={card.id} card={card} speed={speeds.get(card.id)} featured={index === 0} />
        ))}
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
          <OwnModelCard />
        </div>
      </section>
    </StepFrame>
  );
}
