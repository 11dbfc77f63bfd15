import { useTranslation } from 'react-i18next';
import { useSay } from '../copy/use-say.ts';
import { STEPS } from '../steps/steps.ts';
import { setSession, useApp } from '../store/store.ts';

export function Rail() {
  const { t } = useTranslation();
  const { say } = useSay();
  const state = useApp((whole) => whole);
  return (
    <nav aria-label={t('steps.label')}>
      <ol>
        {STEPS.map(({ id, waitsFor }) => {
          const waits = waitsFor(state);
          return (
            <li key={id}>
              <button
                type="button"
                aria-current={state.session.step === id ? 'step' : undefined}
                disabled={waits !== null}
                onClick={() => {
                  setSession({ step: id });
                }}
              >
                {t(`steps.${id}`)} {waits !== null && say(waits)}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
