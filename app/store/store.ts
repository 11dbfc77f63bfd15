import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { INITIAL_STATE, type AppState, type StepId } from './state.ts';

/** The one store. Actions live outside of it, as module functions. */
export const appStore = createStore<AppState>(() => INITIAL_STATE);

/** A part of the state, drawn again when it changes. Select a stable value: no new array or object per call. */
export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(appStore, select);
}

export function getState(): AppState {
  return appStore.getState();
}

/** Replaces top-level parts of the state. */
export function setState(part: Partial<AppState> | ((state: AppState) => Partial<AppState>)): void {
  appStore.setState(part);
}

export function setSession(part: Partial<AppState['session']>): void {
  appStore.setState(({ session }) => ({ session: { ...session, ...part } }));
}

/** Shows a step from its top. */
export function goToStep(step: StepId): void {
  setSession({ step });
}
