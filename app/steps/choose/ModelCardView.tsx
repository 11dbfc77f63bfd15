import { IconCheck, IconPlant2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ModelCard } from '../../../src/index.ts';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { useFormat } from '../../copy/format.ts';
import { useSay } from '../../copy/use-say.ts';
import { loadModel } from '../../store/model-actions.ts';
import { useApp } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import classes from './ModelCardView.module.css';
import { RemoveModel } from './RemoveModel.tsx';
import type { ModelSpeed } from './model-speed.ts';

interface ModelCardViewProps {
  readonly card: ModelCard;
  readonly speed: ModelSpeed | undefined;
  /** Wider, with everything beside each other. */
  readonly featured?: boolean;
}

/** A pre-trained model: what it saw, what it costs, how fast it is here. */
export function ModelCardView({ card, speed, featured = false }: ModelCardViewProps) {
  const { t } = useTranslation('choose');
  const about = useAbout(card.id);
  const ownAbout = useOwnAbout(card);
  const chosen = useApp(({ model }) => model?.card.id === card.id);
  const loading = useApp(({ loadingModelId }) => loadingModelId === card.id);
  const online = useApp(({ session }) => session.online);
  const offline = card.availability !== 'web' || card.cached;
  return (
    <article className={classes.card} data-chosen={chosen} data-featured={featured}>
      <div className={classes.head}>
        <div className={classes.titleRow}>
          <button
            type="button"
            className={classes.name}
            aria-pressed={chosen}
            aria-label={t('models.use', { model: card.name })}
            disabled={loading || (!offline && !online)}
            onClick={() => {
              if (!chosen) void loadModel(card.id);
            }}
          >
            {card.name}
          </button>
          {chosen && (
            <span className={classes.chosen}>
              <IconCheck size={14} stroke={2.6} aria-hidden />
              {t('models.chosen')}
            </span>
          )}
          {featured && !chosen && (
            <span className={classes.badge}>
              <IconPlant2 size={14} stroke={1.8} aria-hidden />
              {t('models.recommended')}
            </span>
          )}
        </div>
        <p className={classes.about}>{ownAbout ?? about}</p>
      </div>
      <ModelFacts card={card} />
      <div className={classes.foot}>
        {loading ? <Loading card={card} /> : <Speed speed={speed} />}
        <ModelProblem modelId={card.id} />
        {card.availability === 'own' && !loading && <RemoveModel card={card} />}
      </div>
    </article>
  );
}

function ModelFacts({ card }: { readonly card: ModelCard }) {
  const { t } = useTranslation('choose');
  const { t: own } = useTranslation('ownModel');
  const format = useFormat();
  const online = useApp(({ session }) => session.online);
  const availability = () => {
    if (card.availability === 'bundled') return t('models.offline');
    if (card.availability === 'own') return own('yours.device');
    if (card.cached) return t('models.cached');
    return online ? t('models.needsWeb') : t('models.offlineNow');
  };
  const facts = [
    [t('models.size'), format.bytes(card.sizeBytes)],
    [t('models.availability'), availability()],
    [t('models.depth'), card.headOnly ? t('models.headOnly') : t('models.allBlocks')],
    card.licence === ''
      ? [t('models.input'), t('models.inputValue', { size: card.inputSize })]
      : [t('models.licence'), card.licence],
  ] as const;
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Speed({ speed }: { readonly speed: ModelSpeed | undefined }) {
  const { t } = useTranslation('choose');
  const format = useFormat();
  const words = () => {
    if (speed === undefined) return t('models.notMeasured');
    const ms = format.number(speed.forwardMs, speed.forwardMs < 10 ? 1 : 0);
    return speed.measured ? t('models.measured', { ms }) : t('models.estimated', { ms });
  };
  return (
    <div className={classes.speed}>
      <span className={classes.speedLabel}>{t('models.speed')}</span>
      <span className={classes.speedTrack}>
        <span
          className={classes.speedBar}
          data-measured={speed?.measured ?? false}
          style={{ width: `${(speed?.relative ?? 0) * 100}%` }}
        />
      </span>
      <span className={classes.speedWords}>{words()}</span>
    </div>
  );
}

function Loading({ card }: { readonly card: ModelCard }) {
  const { t } = useTranslation('choose');
  const task = useApp(({ tasks }) => tasks.model);
  const fetched = task?.total !== null && task?.total !== undefined && task.done >= task.total;
  return (
    <div className={classes.loading}>
      <ProgressRow
        label={t(fetched || task?.done === 0 ? 'models.preparing' : 'models.loading', { model: card.name })}
        unit="bytes"
        done={task?.done ?? 0}
        total={fetched ? null : (task?.total ?? null)}
        rate={task?.rate ?? null}
        remainingMs={task?.remainingMs ?? null}
        onCancel={() => {
          cancelTask('model');
        }}
      />
    </div>
  );
}

function ModelProblem({ modelId }: { readonly modelId: string }) {
  const { sayError } = useSay();
  const problem = useApp(({ modelError }) => modelError);
  if (problem?.modelId !== modelId) return null;
  return (
    <p className={classes.problem} role="alert">
      {sayError(problem.error)}
    </p>
  );
}

const FAMILIES = ['v1', 'v2', 'v3'] as const;
const FORMATS = ['onnx', 'tfjs-graph', 'tfjs-layers', 'teachable-machine'] as const;
const WIDTHS = ['025', '050', '075', '100'] as const;

/** What a model saw and what kind it is, in one sentence. Ids name family and width: `mobilenet-v2-075`. */
function useAbout(modelId: string): string {
  const { t } = useTranslation('choose');
  if (modelId === 'speech-embedding') return t('about.speech');
  if (modelId === 'use-lite') return t('about.sentences');
  if (modelId.endsWith('-coco')) return t('about.coco');
  if (modelId.startsWith('efficientnet-lite')) return t('about.lite');
  const family = FAMILIES.find((name) => modelId.startsWith(`mobilenet-${name}`)) ?? 'other';
  const width = WIDTHS.find((name) => modelId.endsWith(`-${name}`)) ?? '100';
  return t(`about.${family}`, { width: t(`width.${width}`) });
}

/** What is known of a model that the person brought; `null` for others. */
function useOwnAbout({ availability, source, featureSize }: ModelCard): string | null {
  const { t } = useTranslation('ownModel');
  const format = useFormat();
  if (availability !== 'own') return null;
  const kind = FORMATS.find((name) => name === source) ?? 'onnx';
  return t('yours.about', { format: t(`report.formats.${kind}`), features: format.count(featureSize) });
}
