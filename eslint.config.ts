import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * Which folder of `src/` may import which. A folder may always import itself. This table is the architecture:
 * ARCHITECTURE.md explains it, the rule below enforces it.
 */
const ENGINE_IMPORTS: Record<string, string[]> = {
  core: [],
  protocol: ['core'],
  runtime: ['core'],
  graph: ['core', 'runtime', 'archive'],
  archive: ['core'],
  data: ['core', 'archive'],
  models: ['core', 'runtime', 'graph', 'archive'],
  train: ['core', 'runtime', 'graph', 'data', 'models'],
  evaluate: ['core', 'runtime', 'graph', 'data', 'models'],
  doctor: ['core'],
  explain: ['core', 'runtime', 'graph', 'train', 'evaluate'],
  tasks: ['core', 'data', 'models', 'train', 'evaluate'],
  export: ['core', 'runtime', 'graph', 'models', 'archive'],
  persist: ['core', 'archive'],
  engine: [
    'core',
    'runtime',
    'graph',
    'data',
    'models',
    'train',
    'evaluate',
    'doctor',
    'explain',
    'tasks',
    'export',
    'persist',
  ],
  worker: ['engine', 'protocol', 'core'],
  client: ['protocol', 'core'],
  'service-worker': [],
  testing: ['core', 'protocol', 'runtime', 'graph', 'data', 'models', 'client', 'persist', 'engine'],
};

/** Which folder of `app/` may import which. */
const PAGE_IMPORTS: Record<string, string[]> = {
  styles: [],
  copy: [],
  charts: ['copy'],
  components: ['copy', 'styles'],
  capture: ['copy'],
  engine: [],
  store: ['engine', 'copy'],
  live: ['engine', 'store', 'components', 'charts', 'capture', 'copy'],
  project: ['store', 'components', 'copy'],
  steps: ['project', 'engine', 'store', 'components', 'charts', 'capture', 'copy', 'live'],
  shell: ['project', 'engine', 'store', 'components', 'copy', 'styles', 'live', 'steps'],
};

function zones(root: string, table: Record<string, string[]>) {
  const folders = Object.keys(table);
  return folders.map((folder) => ({
    target: `./${root}/${folder}/!(*.test).{ts,tsx}`,
    from: folders
      .filter((other) => other !== folder && !table[folder]?.includes(other))
      .map((other) => `./${root}/${other}/**`),
    message: `${root}/${folder} may import only: ${table[folder]?.join(', ') || 'nothing beside itself'}.`,
  }));
}

const restrictedGlobals = (names: [string, string][]) => names.map(([name, message]) => ({ name, message }));

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'public/', 'test-results/', 'playwright-report/', '.cache/'] },
  { ignores: ['src/runtime/kernels/wasm/build/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: ['./tsconfig.engine.json', './tsconfig.app.json', './tsconfig.node.json'] },
    },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ alwaysTryTypes: true })] },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      'import-x/no-default-export': 'error',
      'import-x/no-cycle': 'error',
      'import-x/order': [
        'error',
        { groups: ['builtin', 'external', 'parent', 'sibling'], alphabetize: { order: 'asc' } },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what you export.' },
      ],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'app/**/*.{ts,tsx}', 'player/**/*.ts'],
    ignores: ['**/*.test.{ts,tsx}'],
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            ...zones('src', ENGINE_IMPORTS),
            ...zones('app', PAGE_IMPORTS),
            {
              target: './app/**',
              from: './src/**',
              except: ['**/index.ts', '**/in-thread.ts', '**/worker/worker.ts', '**/testing/fake-engine.ts'],
              message:
                'The page enters the engine by its doors: src/index.ts, src/in-thread.ts (lazily), src/worker/worker.ts (by URL).',
            },
            { target: './src/**', from: './app/**', message: 'The engine does not know the page.' },
            {
              target: './player/**',
              from: ['./app/**', './src/**'],
              except: ['**/src/{core,graph,export}/**', '**/src/data/decode/**'],
              message: 'The player travels with every exported page: it runs a graph on pictures, no more.',
            },
            {
              target: ['./src/**', './app/**'],
              from: './player/**',
              message: 'The player reaches the page as one script, by scripts/player.mjs.',
            },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Use a seeded Rng from core/rng.ts (ids: crypto.randomUUID).',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts', 'src/models/download.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...restrictedGlobals([['fetch', 'Only src/models/download.ts talks to the network.']]),
      ],
    },
  },
  {
    files: ['app/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat['recommended-latest'], jsxA11y.flatConfigs.strict],
    languageOptions: { globals: globals.browser },
    rules: {
      'react-hooks/exhaustive-deps': 'error',
      // A region that scrolls must be reachable by keyboard (WCAG 2.1.1).
      'jsx-a11y/no-noninteractive-tabindex': ['error', { roles: ['region', 'tabpanel'] }],
      // Warns of libraries that the React Compiler cannot memoise; the page is built without that compiler.
      'react-hooks/incompatible-library': 'off',
      'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.test.{ts,tsx}', 'src/testing/**', 'e2e/**', 'bench/**'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['*.config.ts'], rules: { 'import-x/no-default-export': 'off' } },
  {
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: globals.node },
  },
  // AssemblyScript: TypeScript's syntax, other types. Its own compiler checks those. `jobs.ts` is both.
  {
    files: ['src/runtime/kernels/wasm/!(jobs).ts'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-undef': 'off', 'max-lines-per-function': 'off' },
  },
);
