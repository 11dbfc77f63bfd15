import type { EngineHandlers } from '../core/engine-api.ts';
import { baselineHandlers } from './baseline-handlers.ts';
import { calibrateHandlers } from './calibrate-handlers.ts';
import { crossValidateHandlers } from './cross-validate-handlers.ts';
import { curveHandlers } from './curve-handlers.ts';
import { defaultServices } from './default-services.ts';
import { deviceHandlers } from './device-handlers.ts';
import { doctorHandlers } from './doctor-handlers.ts';
import { EngineState } from './engine-state.ts';
import { explainHandlers } from './explain-handlers.ts';
import { exportHandlers } from './export-handlers.ts';
import { mapHandlers } from './map-handlers.ts';
import { openProjectSession } from './open-session.ts';
import { ownModelHandlers } from './own-model-handlers.ts';
import { projectHandlers } from './project-handlers.ts';
import type { EngineServices } from './services.ts';
import { stressHandlers } from './stress-handlers.ts';
import { trainHandlers } from './train-handlers.ts';
import { useHandlers } from './use-handlers.ts';

export interface EngineOptions {
  readonly thread: 'worker' | 'page';
  /** Replaces parts, for tests. */
  readonly services?: Partial<EngineServices>;
}

/** The engine: one handler per row of the call table. Nothing is loaded or opened before the first call needs it. */
export function createEngineHandlers({ thread, services }: EngineOptions): EngineHandlers {
  const state = new EngineState({
    ...defaultServices(thread),
    openSession: openProjectSession,
    ...services,
  });
  return {
    ...deviceHandlers(state),
    ...ownModelHandlers(state),
    ...projectHandlers(state),
    ...doctorHandlers(state),
    ...crossValidateHandlers(state),
    ...trainHandlers(state),
    ...useHandlers(state),
    ...calibrateHandlers(state),
    ...curveHandlers(state),
    ...baselineHandlers(state),
    ...explainHandlers(state),
    ...mapHandlers(state),
    ...stressHandlers(state),
    ...exportHandlers(state),
  };
}
