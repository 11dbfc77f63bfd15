import '@mantine/core/styles.css';
import './styles/global.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keepRequestRecord } from '../src/index.ts';
import { App } from './App.tsx';
import { startCopy } from './copy/i18n.ts';
import { startServiceWorker } from './engine/isolation.ts';
import { bootEngine } from './store/boot.ts';
import { notify } from './store/notices.ts';
import { watchErasing } from './store/storage-actions.ts';
import { adoptVariables } from './styles/adopt-variables.ts';
import { theme } from './styles/theme.ts';

keepRequestRecord();
watchErasing();
const root = createRoot(document.getElementById('root') ?? document.body);

void startServiceWorker({
  started: bootEngine(),
  onUpdateReady: () => notify({ key: 'common:notices.updateReady' }, { action: 'reload-page' }),
});
adoptVariables(theme);
await startCopy();
root.render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <App />
    </MantineProvider>
  </StrictMode>,
);
